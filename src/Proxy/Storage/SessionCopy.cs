namespace MitmWeb.Proxy.Storage;

/// <summary>Copies a session: as it is at one moment, also while it is recorded, and without the free space in its file.</summary>
public static class SessionCopy
{
    /// <summary>Makes the copy. Of a session that is recorded, the log grows meanwhile, and shrinks afterwards.</summary>
    /// <param name="source">The session's file.</param>
    /// <param name="target">The file to make.</param>
    /// <param name="progress">Is told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops it; then there is no copy.</param>
    /// <exception cref="SessionFileException">The session cannot be read, or the copy not written.</exception>
    public static async Task Run(string source, string target, IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        SessionFile.CheckForReading(source);
        using var draft = SessionDraft.Begin(target);
        WriteTo(source, draft, progress, cancellationToken);
        await draft.FinishAsNew().ConfigureAwait(false);
        progress.Report(1);
    }

    /// <summary>Writes what a session holds into a draft.</summary>
    internal static void WriteTo(string source, SessionDraft draft, IProgress<double> progress, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var database = Database.OpenRead(source);
            database.Defend();
            database.Execute("PRAGMA busy_timeout=2000");
            if (database.ScalarInt64("PRAGMA auto_vacuum") == 0)
            {
                // The source of an older MitmWeb cannot be changed by this; the copy will give free pages back bit by bit.
                database.Execute("PRAGMA auto_vacuum=INCREMENTAL");
            }

            SessionFile.ReadInfo(database, source);
            var expected = (database.ScalarInt64("PRAGMA page_count") - database.ScalarInt64("PRAGMA freelist_count")) * database.ScalarInt64("PRAGMA page_size");
            using (database.Watch(() => progress.Report(Math.Min(0.99, Length(draft.Path) / (double)Math.Max(1, expected))), cancellationToken))
            {
                using var copy = database.Prepare("VACUUM INTO ?1");
                copy.Bind(1, draft.Path).Run();
            }
        }
        catch (DatabaseException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SessionFileException(SessionFile.Describe(draft.Path, e), e);
        }
        finally
        {
            SessionFile.RemoveNotes(source);
        }
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
