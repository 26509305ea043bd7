namespace MitmWeb.Proxy.Storage;

/// <summary>Gives the free space in a session's file back to the disk.</summary>
public static class SessionCompaction
{
    /// <summary>Compacts a session that nobody has open: it is written anew and put in the place of the old one. Needs room for what it holds.</summary>
    /// <param name="path">The session's file.</param>
    /// <param name="progress">Is told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops it; then the file is as it was.</param>
    /// <returns>The bytes that became free on the disk.</returns>
    /// <exception cref="SessionFileException">Somebody has it open, or it cannot be read or written.</exception>
    public static long Run(string path, IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        path = SessionPath.Real(path);
        using var held = SessionFile.Hold(path);
        SessionFile.CheckForReading(path);
        var before = SessionFile.SizeOnDisk(path);
        using var draft = SessionDraft.Begin(path);
        RemoveDeleted(path, cancellationToken);
        SessionFile.EmptyLog(path);
        SessionCopy.WriteTo(path, draft, progress, cancellationToken);
        draft.FinishAsReplacement();
        progress.Report(1);
        return before - SessionFile.SizeOnDisk(path);
    }

    /// <summary>Removes what was deleted, for good: nobody can bring it back in a session that is not open.</summary>
    private static void RemoveDeleted(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var database = Database.OpenExisting(path);
            database.Defend();
            using var deletions = new Deletions(database);
            for (var more = true; more;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                database.Execute("BEGIN IMMEDIATE");
                more = deletions.Remove(long.MaxValue, out _);
                database.Execute("COMMIT");
            }
        }
        catch (DatabaseException e)
        {
            throw new SessionFileException(SessionFile.Describe(path, e), e);
        }
    }
}
