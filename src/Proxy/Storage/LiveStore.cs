using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>
/// The session that is recorded, which can be another one from any moment on. A flow stays in the session in which it began: the one before
/// is kept open until its last flow has ended, so that nothing is lost and nothing is in two sessions.
/// </summary>
public sealed class LiveStore : IFlowSink, IAsyncDisposable
{
    /// <summary>A flow that was just given its id is not known to its store yet: a store without flows is kept open for so long.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly FlowStoreOptions _options;
    private readonly ConnectionIds _connectionIds = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _closing = new();
    private FlowStore[] _finishing = [];
    private FlowStore _current;
    private volatile bool _bodyIndex;
    private int _isPaused;
    private long _notRecorded;
    private RetentionPolicy _retention = RetentionPolicy.None;
    private Task _drains = Task.CompletedTask;

    private LiveStore(string path, FlowStoreOptions options)
    {
        _options = options;
        _bodyIndex = options.BodyIndex;
        _current = Open(path);
    }

    /// <summary>Raised when another session has become the one that is recorded, with the one before and the one now.</summary>
    public event Action<FlowStore, FlowStore>? Switched;

    /// <summary>Raised when a session that was recorded before has been closed, with its file.</summary>
    public event Action<string>? Finished;

    /// <summary>Raised when a session that is open here has got another name.</summary>
    public event Action? Renamed;

    /// <summary>Raised when <see cref="FlowStore.Problem"/> of the session that is recorded has changed. Handlers must be quick.</summary>
    public event Action? ProblemChanged;

    /// <summary>Raised when <see cref="Retention"/> has been set.</summary>
    public event Action? RetentionChanged;

    /// <summary>Raised when <see cref="IsRecording"/> or <see cref="NotRecorded"/> has changed: for each flow, so handlers must be quick.</summary>
    public event Action? RecordingChanged;

    /// <summary>Raised when the index of bodies of the session that is recorded has changed. Handlers must be quick.</summary>
    public event Action? BodyIndexChanged;

    /// <summary>The session in which flows begin now.</summary>
    public FlowStore Current => Volatile.Read(ref _current);

    /// <summary>Sessions in which flows still run that began there.</summary>
    public IReadOnlyList<FlowStore> Finishing => Volatile.Read(ref _finishing);

    /// <summary>What is removed to keep the session that is recorded within its limits; another session that is recorded later gets the same ones.</summary>
    public RetentionPolicy Retention
    {
        get => Volatile.Read(ref _retention);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref _retention, value);
            Current.Retention = value;
            RetentionChanged?.Invoke();
        }
    }

    /// <summary>Whether flows that begin now are recorded; traffic flows either way. A flow that began while this was on is recorded to its end, and
    /// one that began while it was off is not recorded at all.</summary>
    public bool IsRecording
    {
        get => Volatile.Read(ref _isPaused) == 0;
        set
        {
            if (Interlocked.Exchange(ref _isPaused, value ? 0 : 1) == (value ? 0 : 1))
            {
                return;
            }

            if (!value)
            {
                Interlocked.Exchange(ref _notRecorded, 0);
            }

            RecordingChanged?.Invoke();
        }
    }

    /// <summary>How many flows have not been recorded since recording was last switched off.</summary>
    public long NotRecorded => Interlocked.Read(ref _notRecorded);

    /// <summary>Has the bodies of the session that is recorded indexed, or its index deleted; another session that is recorded later is treated alike.</summary>
    public void SwitchBodyIndex(bool on)
    {
        _bodyIndex = on;
        Current.SwitchBodyIndex(on);
    }

    /// <summary>Opens the first session to record, or makes it.</summary>
    /// <exception cref="SessionFileException">The file is not a session, is damaged, in use, from a newer MitmWeb, or cannot be written.</exception>
    public static LiveStore Open(string path, FlowStoreOptions? options = null) => new(path, options ?? new FlowStoreOptions());

    /// <inheritdoc />
    public IFlowSink ForNewFlow() => IsRecording ? Current : new UnrecordedFlow(_connectionIds, CountUnrecorded);

    /// <inheritdoc />
    public long NextFlowId() => Current.NextFlowId();

    /// <inheritdoc />
    public long NextConnectionId() => _connectionIds.Next();

    /// <inheritdoc />
    public ValueTask Changed(Flow flow, CancellationToken cancellationToken) => Current.Changed(flow, cancellationToken);

    /// <inheritdoc />
    public ValueTask AppendBody(Flow flow, MessageSide side, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        Current.AppendBody(flow, side, data, cancellationToken);

    /// <inheritdoc />
    public ValueTask Ended(Flow flow) => Current.Ended(flow);

    /// <summary>The store that has this file open to write; null when none of these does.</summary>
    public FlowStore? Find(string path) => Finishing.Append(Current).FirstOrDefault(store => SessionPath.Same(store.Session.Path, path));

    /// <summary>Lets flows begin in another session from now on, which is made when there is none. When it cannot be opened all stays as it is.</summary>
    /// <returns>The session that is recorded now.</returns>
    /// <exception cref="SessionFileException">The file is not a session, is damaged, in use, from a newer MitmWeb, or cannot be written.</exception>
    public async Task<FlowStore> SwitchTo(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            var before = Current;
            var next = Find(path) ?? await Task.Run(() => Open(path), cancellationToken).ConfigureAwait(false);
            if (next == before)
            {
                return next;
            }

            (before.Retention, next.Retention) = (RetentionPolicy.None, Retention);
            Volatile.Write(ref _finishing, [.. _finishing.Where(store => store != next), before]);
            Volatile.Write(ref _current, next);
            _drains = Task.WhenAll(_drains, Drain(before));
            Switched?.Invoke(before, next);
            ProblemChanged?.Invoke();
            return next;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives the file of a session that is open here another name; flows go on being recorded in it.</summary>
    /// <param name="store">The session.</param>
    /// <param name="target">The file's new path.</param>
    /// <param name="cancellationToken">Ends the waiting for its turn.</param>
    /// <exception cref="SessionFileException">It has the old name: the new one is taken, somebody else has the file open, or it is being searched.</exception>
    public async Task Rename(FlowStore store, string target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(target);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!Finishing.Append(Current).Contains(store))
            {
                throw new SessionFileException($"“{store.Session.Name}” has just been closed; try again.");
            }

            await store.Move(target).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        Renamed?.Invoke();
    }

    /// <summary>Stores what waits, marks the flows that still run as interrupted, and closes all files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_closing.IsCancellationRequested)
        {
            await _closing.CancelAsync().ConfigureAwait(false);
        }

        await _drains.ConfigureAwait(false);
        await _turn.WaitAsync().ConfigureAwait(false);
        foreach (var store in Finishing.Append(Current))
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }

        Volatile.Write(ref _finishing, []);
        _turn.Release();
    }

    private void CountUnrecorded()
    {
        Interlocked.Increment(ref _notRecorded);
        RecordingChanged?.Invoke();
    }

    private FlowStore Open(string path)
    {
        var store = FlowStore.Open(path, _options with { BodyIndex = _bodyIndex }, _connectionIds);
        store.ProblemChanged += () => ProblemChanged?.Invoke();
        store.BodyIndexChanged += () => BodyIndexChanged?.Invoke();
        return store;
    }

    /// <summary>Closes a session when its last flow has ended, unless it is the one that is recorded again by then.</summary>
    private async Task Drain(FlowStore store)
    {
        try
        {
            var idleSince = _options.TimeProvider.GetTimestamp();
            while (store.Running > 0 || _options.TimeProvider.GetElapsedTime(idleSince) < Grace)
            {
                if (store.Running > 0)
                {
                    idleSince = _options.TimeProvider.GetTimestamp();
                }

                await Task.Delay(Pace, _options.TimeProvider, _closing.Token).ConfigureAwait(false);
                if (store == Current)
                {
                    return;
                }
            }

            await _turn.WaitAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            if (store == Current || !Finishing.Contains(store))
            {
                return;
            }

            // Nobody finds it from here on, and then its file is free.
            Volatile.Write(ref _finishing, [.. _finishing.Where(other => other != store)]);
            await store.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        Finished?.Invoke(store.Session.Path);
    }
}
