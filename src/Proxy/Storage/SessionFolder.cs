using System.Text.Json;

namespace MitmWeb.Proxy.Storage;

/// <summary>
/// The sessions that there are: those of the folder for them, the default one beside that folder, and files from elsewhere that were opened once.
/// A session is asked for by its name, or where that says something else, by the path of its file.
/// </summary>
public sealed class SessionFolder
{
    /// <summary>The most files from elsewhere that are remembered.</summary>
    private const int MaxElsewhere = 100;

    private readonly string _default;
    private readonly string _elsewhereFile;
    private readonly Lock _gate = new();

    /// <param name="folder">The folder with the configuration, in which the folder for sessions is or will be.</param>
    /// <param name="defaultName">The file name of the session that is recorded when nobody says otherwise.</param>
    public SessionFolder(string folder, string defaultName)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(defaultName);
        folder = System.IO.Path.GetFullPath(folder);
        Path = System.IO.Path.Combine(folder, "sessions");
        _default = System.IO.Path.Combine(folder, defaultName);
        _elsewhereFile = System.IO.Path.Combine(folder, "sessions.json");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>To be called once at the start: removes what a killed process has left, and remembers where the first session is.</summary>
    /// <param name="session">The file of the session that is recorded.</param>
    public void Begin(string session)
    {
        try
        {
            Remember(session);
            SessionDraft.RemoveLeft(Path);
            SessionDraft.RemoveLeft(System.IO.Path.GetDirectoryName(_default)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing that the proxy needs: the list may lack a file from elsewhere the next time.
        }
    }

    /// <summary>The file of a new session.</summary>
    /// <exception cref="SessionFileException">The name cannot be used, or is taken.</exception>
    public string PathOfNew(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (SessionName.Problem(name) is { } problem)
        {
            throw new SessionFileException(problem);
        }

        var path = System.IO.Path.Combine(Path, name + SessionName.Extension);
        return File.Exists(path) || KeyOf(path) != name
            ? throw new SessionFileException($"There is a session “{name}” already; choose another name.")
            : path;
    }

    /// <summary>The file of a session.</summary>
    /// <param name="session">Its name or path.</param>
    /// <exception cref="SessionFileException">There is none.</exception>
    public string Find(string session)
    {
        ArgumentException.ThrowIfNullOrEmpty(session);
        var path = System.IO.Path.IsPathFullyQualified(session) ? session
            : session == System.IO.Path.GetFileNameWithoutExtension(_default) ? _default
            : SessionName.Problem(session) is null ? System.IO.Path.Combine(Path, session + SessionName.Extension)
            : null;
        return path is not null && File.Exists(path)
            ? SessionPath.Real(path)
            : throw new SessionFileException($"There is no session “{session}”; it may have been renamed or deleted.");
    }

    /// <summary>By what the session of a file is asked for.</summary>
    public string KeyOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        var isDefault = SessionPath.Same(path, _default);
        var isHere = string.Equals(path, System.IO.Path.Combine(Path, name + SessionName.Extension), SessionPath.Comparison)
            && SessionName.Problem(name) is null && name != System.IO.Path.GetFileNameWithoutExtension(_default);
        return isDefault || isHere ? name : System.IO.Path.GetFullPath(path);
    }

    /// <summary>Remembers a file from elsewhere, so that it is in the list.</summary>
    public void Remember(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (KeyOf(path) == path)
        {
            ChangeElsewhere(files => [path, .. files.Where(file => !string.Equals(file, path, SessionPath.Comparison)).Take(MaxElsewhere - 1)]);
        }
    }

    /// <summary>Takes a file from elsewhere off the list; the file stays as it is.</summary>
    /// <returns>Whether it was in the list.</returns>
    public bool Forget(string path)
    {
        var was = false;
        ChangeElsewhere(files =>
        {
            was = files.Contains(path, StringComparer.Ordinal);
            return [.. files.Where(file => file != path)];
        });
        return was;
    }

    /// <summary>All sessions, the one that was used last first.</summary>
    /// <param name="live">What is recorded.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public IReadOnlyList<SessionSummary> List(LiveStore live, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(live);
        var here = Directory.Exists(Path) ? Directory.EnumerateFiles(Path, "*" + SessionName.Extension) : [];
        var written = live.Finishing.Append(live.Current).ToArray();
        return [.. here.Append(_default).Concat(Elsewhere()).Concat(written.Select(store => store.Session.Path))
            .Where(File.Exists)
            .DistinctBy(SessionPath.Real)
            .Select(path =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                var store = written.FirstOrDefault(one => SessionPath.Same(one.Session.Path, path));
                return SessionSummaryReader.Read(KeyOf(path), path, store, store == live.Current);
            })
            .OfType<SessionSummary>()
            .OrderByDescending(summary => summary.State is SessionState.Live)
            .ThenByDescending(summary => summary.LastUsedAt)];
    }

    /// <summary>Gives a session another name, also one that is recorded; the default one moves into the folder with it.</summary>
    /// <param name="live">What is recorded.</param>
    /// <param name="path">Its file.</param>
    /// <param name="name">The new name.</param>
    /// <param name="cancellationToken">Ends the waiting for a session that is about to be closed.</param>
    /// <returns>Its file now.</returns>
    /// <exception cref="SessionFileException">The name cannot be used or is taken, or somebody else has the session open.</exception>
    public async Task<string> Rename(LiveStore live, string path, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var isElsewhere = KeyOf(path) == path;
        var target = PathOfNew(name);
        if (isElsewhere)
        {
            target = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, name + SessionName.Extension);
            if (File.Exists(target))
            {
                throw new SessionFileException($"There is a file {target} already; choose another name.");
            }
        }

        if (live.Find(path) is { } store)
        {
            await live.Rename(store, target, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            Move(path, target);
        }

        if (isElsewhere)
        {
            Forget(path);
            Remember(target);
        }

        return target;
    }

    /// <summary>Deletes a session that nobody has open.</summary>
    /// <exception cref="SessionFileException">Somebody has it open.</exception>
    public void Delete(string path)
    {
        using (SessionFile.Hold(path))
        {
            SessionFile.Delete(path);
        }

        File.Delete(path + "-lock");
        Forget(path);
    }

    /// <summary>Throws when a file is no session.</summary>
    /// <exception cref="SessionFileException">It is not.</exception>
    public static void Check(string path)
    {
        try
        {
            SessionFile.VersionOf(path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not SessionFileException))
        {
            throw new SessionFileException($"The file {path} cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    /// <summary>Brings a session of an older version up to date.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="progress">Is told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops it; the next time it goes on from there.</param>
    /// <exception cref="SessionFileException">Somebody has it open, or it cannot be written.</exception>
    public static void Upgrade(string path, IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        SessionFile.Open(path, new FlowStoreOptions(), share =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress.Report(share);
        }).Dispose();
        SessionFile.RemoveNotes(path);
    }

    private static void Move(string path, string target)
    {
        using (SessionFile.Hold(path))
        {
            SessionFile.EmptyLog(path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Move(path, target);
        }

        SessionFile.Delete(path);
    }

    private List<string> Elsewhere()
    {
        try
        {
            lock (_gate)
            {
                return File.Exists(_elsewhereFile) ? JsonSerializer.Deserialize<List<string>>(File.ReadAllBytes(_elsewhereFile)) ?? [] : [];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // It only says where to look: who has the files opens them again.
            return [];
        }
    }

    private void ChangeElsewhere(Func<List<string>, List<string>> change)
    {
        lock (_gate)
        {
            var before = Elsewhere();
            var after = change(before);
            if (after.SequenceEqual(before))
            {
                return;
            }

            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_elsewhereFile)!);
            File.WriteAllBytes(_elsewhereFile + "-new", JsonSerializer.SerializeToUtf8Bytes(after));
            File.Move(_elsewhereFile + "-new", _elsewhereFile, overwrite: true);
        }
    }
}
