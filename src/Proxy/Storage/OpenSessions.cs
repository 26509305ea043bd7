namespace MitmWeb.Proxy.Storage;

/// <summary>The sessions that are open: those that are recorded, and stored ones that somebody looks at. A stored one is opened when it is asked for
/// and closed some time after nobody looks any more.</summary>
public sealed class OpenSessions : IAsyncDisposable
{
    private readonly LiveStore _live;
    private readonly SessionFolder _folder;
    private readonly TimeProvider _time;
    private readonly TimeSpan _linger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Reading> _reading = [];
    private readonly ITimer _sweep;

    /// <param name="live">The session that is recorded.</param>
    /// <param name="folder">Where names of sessions are looked up.</param>
    /// <param name="time">The clock.</param>
    /// <param name="linger">How long a session stays open after the last look at it; null for ten seconds.</param>
    public OpenSessions(LiveStore live, SessionFolder folder, TimeProvider time, TimeSpan? linger = null)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(time);
        (_live, _folder, _time) = (live, folder, time);
        _linger = linger ?? TimeSpan.FromSeconds(10);
        _sweep = time.CreateTimer(_ => Sweep(), null, _linger, _linger);
    }

    /// <summary>The session that is recorded.</summary>
    public LiveStore Live => _live;

    /// <summary>Opens a session to look at it.</summary>
    /// <param name="session">Its name, or the path of its file; null or empty for the one that is recorded.</param>
    /// <exception cref="SessionFileException">There is none of that name, or it cannot be read.</exception>
    public SessionLease Look(string? session)
    {
        if (string.IsNullOrEmpty(session))
        {
            return new SessionLease(_live.Current, null);
        }

        var path = _folder.Find(session);
        if (_live.Find(path) is { } written)
        {
            return new SessionLease(written, null);
        }

        lock (_gate)
        {
            if (!_reading.TryGetValue(path, out var reading))
            {
                reading = new Reading(FlowStore.OpenReadOnly(path));
                _reading.Add(path, reading);
            }

            reading.Looks++;
            return new SessionLease(reading.Store, () =>
            {
                lock (_gate)
                {
                    reading.Looks--;
                    reading.LastLook = _time.GetTimestamp();
                }
            });
        }
    }

    /// <summary>Whether somebody looks at a stored session.</summary>
    public bool IsRead(string path)
    {
        lock (_gate)
        {
            return _reading.TryGetValue(SessionPath.Real(path), out var reading) && reading.Looks > 0;
        }
    }

    /// <summary>Closes a stored session whoever looks at it: its file is about to change. Who goes on looking opens it anew.</summary>
    public async Task Close(string path)
    {
        Reading? reading;
        lock (_gate)
        {
            _reading.Remove(SessionPath.Real(path), out reading);
        }

        if (reading is not null)
        {
            await reading.Store.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync().ConfigureAwait(false);
        foreach (var reading in Take(_ => true))
        {
            await reading.Store.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Sweep()
    {
        foreach (var reading in Take(one => one.Looks == 0 && _time.GetElapsedTime(one.LastLook) >= _linger))
        {
            _ = reading.Store.DisposeAsync().AsTask();
        }
    }

    private List<Reading> Take(Func<Reading, bool> which)
    {
        lock (_gate)
        {
            var taken = _reading.Where(pair => which(pair.Value)).ToList();
            taken.ForEach(pair => _reading.Remove(pair.Key));
            return [.. taken.Select(pair => pair.Value)];
        }
    }

    private sealed class Reading(FlowStore store)
    {
        public FlowStore Store { get; } = store;

        public int Looks { get; set; }

        public long LastLook { get; set; }
    }
}
