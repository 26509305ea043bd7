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
        SessionFile.EmptyLog(path);
        SessionCopy.WriteTo(path, draft, progress, cancellationToken);
        draft.FinishAsReplacement();
        progress.Report(1);
        return before - SessionFile.SizeOnDisk(path);
    }
}
