using System.Globalization;

namespace MitmWeb.Proxy.Storage;

/// <summary>A session file that is being made under another name, so that there is never half a session. What is not finished goes away.</summary>
internal sealed class SessionDraft : IDisposable
{
    private readonly string _target;
    private IDisposable? _lock;

    private SessionDraft(string target)
    {
        _target = target;
        Path = target + "-new";
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        _lock = SessionFile.Hold(Path);
        Remove();
    }

    /// <summary>The file to fill.</summary>
    public string Path { get; }

    /// <summary>Begins a file that will replace a session, or be a new one.</summary>
    /// <exception cref="SessionFileException">Somebody is making the same one.</exception>
    public static SessionDraft Begin(string target) => new(target);

    /// <summary>Removes what was left of drafts when a process was killed.</summary>
    public static void RemoveLeft(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(folder, $"*{SessionName.Extension}-new"))
        {
            try
            {
                Begin(path[..^4]).Dispose();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody is making it, or it may not be removed.
            }
        }
    }

    /// <summary>Makes it a session of its own: it gets an id of its own, and what ran in what it was made from has not ended here.</summary>
    public async Task FinishAsNew()
    {
        using (var database = Database.OpenExisting(Path))
        {
            using var update = database.Prepare("UPDATE session SET id = ?1");
            update.Bind(1, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)).Run();
        }

        // Before it has its name: nobody must find a session that is still being worked on.
        await FlowStore.Open(Path, new FlowStoreOptions(), new ConnectionIds(), isHeld: true).DisposeAsync().ConfigureAwait(false);
        Finish(replace: false, beforeMove: null);
    }

    /// <summary>Puts it in the place of the session that it was made from, which nobody has open.</summary>
    public void FinishAsReplacement() => Finish(replace: true, RemoveLog);

    public void Dispose()
    {
        if (_lock is null)
        {
            return;
        }

        Remove();
        _lock.Dispose();
        _lock = null;
        File.Delete(Path + "-lock");
    }

    private void Finish(bool replace, Action? beforeMove)
    {
        using (var database = Database.OpenExisting(Path))
        {
            database.Execute("PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL; BEGIN IMMEDIATE; UPDATE session SET created_at = created_at; COMMIT;");
            database.Checkpoint(truncate: true);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        // What VACUUM has written need not be on the disk yet.
        using (var file = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Flush(flushToDisk: true);
        }

        beforeMove?.Invoke();
        File.Move(Path, _target, replace);
    }

    private void RemoveLog()
    {
        foreach (var ending in new[] { "-wal", "-shm" })
        {
            File.Delete(_target + ending);
        }
    }

    private void Remove()
    {
        foreach (var ending in new[] { "", "-wal", "-shm", "-journal" })
        {
            File.Delete(Path + ending);
        }
    }
}
