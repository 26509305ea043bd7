namespace MitmWeb.Proxy.Storage;

/// <summary>Looks at a session file for the list. It reads some rows, changes nothing, and leaves nothing beside the file.</summary>
internal static class SessionSummaryReader
{
    /// <param name="key">By what the session is asked for.</param>
    /// <param name="path">Its file.</param>
    /// <param name="store">What has it open to write in this process; null when nothing does.</param>
    /// <param name="isLive">Whether it is the one that is recorded.</param>
    /// <returns>Null when the file has gone meanwhile.</returns>
    public static SessionSummary? Read(string key, string path, FlowStore? store, bool isLive)
    {
        try
        {
            var lastUsed = LastUsed(path);
            var size = SessionFile.SizeOnDisk(path);
            if (store is not null)
            {
                var stats = store.GetStats();
                return new SessionSummary(
                    key, path, isLive ? SessionState.Live : SessionState.Finishing, null, Schema.Version, stats.Flows, size,
                    Math.Max(0, stats.MainBytes - stats.UsedBytes), store.Session.CreatedAt, lastUsed, store.Running);
            }

            var version = SessionFile.VersionOf(path);
            var state = version > Schema.Version ? SessionState.New
                : SessionFile.IsInUse(path) ? SessionState.InUse
                : version < Schema.Version ? SessionState.Old
                : SessionState.Stored;
            var problem = state switch
            {
                SessionState.New => $"It was written by a newer MitmWeb (its version is {version}, this one knows {Schema.Version}); update MitmWeb.",
                SessionState.Old => $"It was written by an older MitmWeb (its version is {version}, this one reads {Schema.Version}); bring it up to date to look at it, or record in it, which does so too.",
                _ => null,
            };
            var empty = new SessionSummary(key, path, state, problem, version, null, size, null, null, lastUsed, 0);
            return state == SessionState.New ? empty : Fill(empty);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DatabaseException)
        {
            var reason = e is DatabaseException failure ? SessionFile.DescribeReading(path, failure) : e.Message;
            return new SessionSummary(key, path, SessionState.Damaged, reason, null, null, SessionFile.SizeOnDisk(path), null, null, LastUsed(path), 0);
        }
    }

    private static SessionSummary Fill(SessionSummary summary)
    {
        // Without a log nothing but the file itself has to be read, and nothing is made beside it.
        var log = new FileInfo(summary.Path + "-wal");
        using var database = summary.State == SessionState.InUse || (log.Exists && log.Length > 0)
            ? Database.OpenRead(summary.Path)
            : Database.OpenUnchanging(summary.Path);
        database.Defend();
        database.Execute("PRAGMA busy_timeout=500");
        var info = SessionFile.ReadInfo(database, summary.Path);
        return summary with
        {
            Flows = database.ScalarInt64("SELECT flows FROM progress"),
            FreeBytes = database.ScalarInt64("PRAGMA freelist_count") * database.ScalarInt64("PRAGMA page_size"),
            CreatedAt = info.CreatedAt,
        };
    }

    private static DateTimeOffset LastUsed(string path)
    {
        var (main, log) = (File.GetLastWriteTimeUtc(path), new FileInfo(path + "-wal"));
        return new DateTimeOffset(log is { Exists: true, Length: > 0 } && log.LastWriteTimeUtc > main ? log.LastWriteTimeUtc : main, TimeSpan.Zero);
    }
}
