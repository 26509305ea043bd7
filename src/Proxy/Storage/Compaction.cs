namespace MitmWeb.Proxy.Storage;

/// <summary>Gives the free space of a session that is recorded back to the disk, a little at a time, on the connection that writes and between its
/// transactions.</summary>
internal sealed class Compaction(SessionFile file, IProgress<double> progress, CancellationToken cancellationToken)
{
    /// <summary>What is given back with one step.</summary>
    private const int StepBytes = 4 * 1024 * 1024;

    private const int Incremental = 2;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _free = -1;

    public Task Done => _done.Task;

    /// <summary>Does some of it.</summary>
    /// <returns>Whether there is more to do.</returns>
    public bool Step(string path)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Writer.ScalarInt64("PRAGMA auto_vacuum") != Incremental)
            {
                Rewrite();
            }
            else if (GiveBack())
            {
                return true;
            }

            file.Writer.Checkpoint(truncate: true);
            _done.TrySetResult();
        }
        catch (DatabaseException e) when (!cancellationToken.IsCancellationRequested)
        {
            _done.TrySetException(new SessionFileException(SessionFile.Describe(path, e), e));
        }
        catch (Exception e) when (e is DatabaseException or OperationCanceledException)
        {
            _done.TrySetCanceled(cancellationToken);
        }

        return false;
    }

    /// <summary>The session is closed before it was done.</summary>
    public void GiveUp() => _done.TrySetException(new SessionFileException("The session was closed before it was compacted."));

    private bool GiveBack()
    {
        var free = file.Writer.ScalarInt64("PRAGMA freelist_count");
        var step = StepBytes / file.Writer.ScalarInt64("PRAGMA page_size");
        _free = Math.Max(_free, free);
        progress.Report(_free == 0 ? 1 : 1 - ((double)free / _free));
        if (free > 0)
        {
            file.Writer.Execute($"PRAGMA incremental_vacuum({step})");
        }

        return free > step;
    }

    /// <summary>The file can only be given back as a whole, and from then on bit by bit.</summary>
    private void Rewrite()
    {
        file.Writer.Execute("PRAGMA temp_store=FILE; PRAGMA auto_vacuum=INCREMENTAL;");
        using (file.Writer.Watch(() => { }, cancellationToken))
        {
            try
            {
                file.Writer.Execute("VACUUM");
            }
            finally
            {
                file.Writer.Execute("PRAGMA temp_store=MEMORY");
            }
        }
    }
}
