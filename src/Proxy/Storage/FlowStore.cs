using System.Collections.Concurrent;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Index;
using MitmWeb.Proxy.Threads;

namespace MitmWeb.Proxy.Storage;

/// <summary>
/// One session: a SQLite file that takes what the engine captures and gives it back. Everything may be called from any thread.
/// </summary>
/// <remarks>
/// <para>A flow is live in memory while it runs; one writer stores it, together with all others that changed in the same few
/// milliseconds. A change is announced (<see cref="Subscribe"/>) and can be read only after it is committed.</para>
/// <para>When the writer is behind, the engine waits. When the file cannot be written at all (a full disk), <see cref="Problem"/> says so
/// and nobody waits: what fits into memory stays there and is stored as soon as the file can be written again; flows and bytes beyond
/// that are not recorded (of a body the beginning is kept), and counted.</para>
/// <para>A session that is opened to read only (<see cref="OpenReadOnly"/>) answers the same questions, takes nothing, and changes nothing; another
/// store or program may be writing it.</para>
/// <para>A flow that is deleted while it runs stays deleted: nothing more of it is stored. Deleting all flows, or those up to an id, also
/// holds for those that had begun by then. What was deleted can be brought back for some time (<see cref="Undelete"/>).</para>
/// </remarks>
public sealed class FlowStore : IFlowSink, IAsyncDisposable
{
    private const int MaxPendingChanges = 50_000;

    /// <summary>The writer does other work between commands, so a large one is cut.</summary>
    private const int MaxFlowsPerCommand = 2000;

    private readonly SessionFile? _file;
    private readonly FlowStoreOptions _options;
    private readonly ConcurrentDictionary<long, LiveFlow> _live = new();
    private readonly ChangeFeed _feed = new();
    private readonly WriteQueue _queue;
    private readonly FlowWriter? _writer;
    private readonly ReaderPool _readers;
    private readonly BodyIndex? _index;
    private readonly FlowSearch _search;
    private readonly ConnectionIds _connectionIds;
    private long _lastDeletion;
    private readonly SessionInfo? _session;
    private int _closed;

    private FlowStore(SessionFile file, FlowStoreOptions options, ConnectionIds connectionIds)
    {
        _file = file;
        _options = options;
        _connectionIds = connectionIds;
        _queue = new WriteQueue(options);
        _writer = new FlowWriter(file, options, _queue, _live, _feed, connectionIds);
        _lastDeletion = _writer.LastDeletion;
        _readers = new ReaderPool(file.Info.Path);
        _index = new BodyIndex(file.Info, () => _writer.WrittenBytes);
        _search = new FlowSearch(_readers, _index) { WorthSharing = options.FlowsWorthSharing };
        _feed.Published += _index.Wake;
        _index.Switch(options.BodyIndex);
    }

    private FlowStore(ReaderPool readers, SessionInfo session)
    {
        _options = new FlowStoreOptions();
        _connectionIds = new ConnectionIds();
        _queue = new WriteQueue(_options);
        _readers = readers;
        _search = new FlowSearch(_readers, null) { WorthSharing = _options.FlowsWorthSharing };
        _session = session;
        _closed = 1;
    }

    /// <summary>Raised when <see cref="Problem"/> has changed. Handlers must be quick: they hold the writer up.</summary>
    public event Action? ProblemChanged
    {
        add => Writer.ProblemChanged += value;
        remove => Writer.ProblemChanged -= value;
    }

    /// <summary>Raised when <see cref="BodyIndex"/> has changed. Handlers must be quick.</summary>
    public event Action? BodyIndexChanged
    {
        add => Index.Changed += value;
        remove => Index.Changed -= value;
    }

    /// <summary>Which session this is.</summary>
    public SessionInfo Session => _file?.Info ?? _session!;

    /// <summary>Whether the session is only read.</summary>
    public bool IsReadOnly => _writer is null;

    /// <summary>How many flows have begun here and are not wholly stored yet.</summary>
    public int Running => _live.Count;

    /// <summary>Why flows cannot be stored at present, or null.</summary>
    public StoreProblem? Problem => _writer?.Problem;

    /// <summary>How far the index of bodies is.</summary>
    public BodyIndexState BodyIndex => _index?.State ?? new BodyIndexState(false, 0, 0, null);

    /// <summary>Begins to index bodies in the background, or ends that and deletes the index. Searches give the same either way.</summary>
    public void SwitchBodyIndex(bool on) => Index.Switch(on);

    /// <summary>Opens a session, or makes a new one (and its folder).</summary>
    /// <param name="path">The session file.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="SessionFileException">The file is not a session, is damaged, in use, from a newer MitmWeb, or cannot be written.</exception>
    public static FlowStore Open(string path, FlowStoreOptions? options = null) => Open(path, options ?? new FlowStoreOptions(), new ConnectionIds());

    /// <summary>Opens a session to read only, also while another writes it.</summary>
    /// <exception cref="SessionFileException">There is none, it is not a session, is damaged, of another version, or cannot be read.</exception>
    public static FlowStore OpenReadOnly(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        var (readers, session) = SessionFile.OpenToRead(path);
        return new FlowStore(readers, session);
    }

    /// <summary>As <see cref="Open(string, FlowStoreOptions?)"/>, with ids of connections that other stores share, or of a file that the
    /// caller holds already (<see cref="SessionFile.Hold"/>).</summary>
    internal static FlowStore Open(string path, FlowStoreOptions options, ConnectionIds connectionIds, bool isHeld = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = SessionFile.Open(path, options, isHeld: isHeld);
        FlowStore store;
        try
        {
            store = new FlowStore(file, options, connectionIds);
        }
        catch (DatabaseException e)
        {
            file.Dispose();
            throw new SessionFileException(SessionFile.Describe(file.Info.Path, e), e);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        store.Writer.Start();
        return store;
    }

    /// <inheritdoc />
    public long NextFlowId() => Writer.NextFlowId();

    /// <inheritdoc />
    public long NextConnectionId() => _connectionIds.Next();

    /// <inheritdoc />
    public ValueTask Changed(Flow flow, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flow);
        if (Live(flow) is not { Ignored: false } live)
        {
            return default;
        }

        Queue(live);
        return _queue.WaitForRoom(cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask AppendBody(Flow flow, MessageSide side, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flow);
        if (data.IsEmpty || Live(flow) is not { Ignored: false } live)
        {
            return default;
        }

        bool full;
        lock (live)
        {
            var body = live.Body(side);
            body.Lost |= _queue.Failing && _queue.Full;
            if (live.Ignored || body.Lost)
            {
                return default;
            }

            full = body.Append(data.Span);
        }

        _queue.AddBytes(data.Length);
        if (full)
        {
            Queue(live);
        }

        return _queue.WaitForRoom(cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask Ended(Flow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        if (Live(flow) is not { } live)
        {
            return default;
        }

        live.Ended = true;
        if (live.Ignored)
        {
            _live.TryRemove(KeyValuePair.Create(flow.Id, live));
            return default;
        }

        Queue(live);
        return _queue.WaitForRoom(CancellationToken.None);
    }

    /// <summary>Reports every commit from now on.</summary>
    public FlowSubscription Subscribe() => _feed.Subscribe(MaxPendingChanges);

    /// <summary>A window on the flows that match.</summary>
    /// <param name="filter">Which flows.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="offset">How many to leave out.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="FilterException">A regular expression takes too long.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public FlowPage QueryFlows(FlowFilter filter, FlowSort sort, long offset, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(sort);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return _search.Page(filter, sort, offset, limit, cancellationToken);
    }

    /// <summary>All flows that match, by their ids: what a list holds that is scrolled through by position (<see cref="Rows"/>).</summary>
    /// <param name="filter">Which flows.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="progress">Is told now and then which share of the flows has been looked at, from 0 to 1; on any thread, one at a time.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="FilterException">A regular expression takes too long.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public MatchingFlows MatchingIds(FlowFilter filter, FlowSort sort, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(sort);
        return _search.MatchingIds(filter, sort, progress, cancellationToken);
    }

    /// <summary>The rows of these flows, in the order of the ids; flows that are not there (any more) are left out.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<FlowRow> Rows(ReadOnlyMemory<long> ids, CancellationToken cancellationToken = default) =>
        _search.Rows(ids, cancellationToken);

    /// <summary>The values of some headers, for each of these flows; null where a flow does not have one, or is gone. It reads the heads of these flows, so ask for those
    /// that somebody sees.</summary>
    public IReadOnlyDictionary<long, string?[]> Headers(ReadOnlyMemory<long> ids, IReadOnlyList<ListedHeader> headers, CancellationToken cancellationToken = default) =>
        _search.Headers(ids, headers, cancellationToken);

    /// <summary>Goes through all flows, for counting them.</summary>
    /// <param name="take">Is given each of them, in any order; quick, because the file is being read meanwhile.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The <c>seq</c> up to which that is so.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public long ReadOutline(Action<FlowOutline> take, CancellationToken cancellationToken = default) =>
        PatientThread.Run(() => _readers.Use(reader => reader.Outline(take), cancellationToken));

    /// <summary>Goes through the flows of one host whose path begins with this one and a slash, for counting them by path.</summary>
    /// <inheritdoc cref="ReadOutline(Action{FlowOutline},CancellationToken)"/>
    public long ReadOutline(string host, string path, Action<FlowOutline> take, CancellationToken cancellationToken = default) =>
        PatientThread.Run(() => _readers.Use(reader => reader.Outline(host, path, take), cancellationToken));

    /// <summary>How many flows match, and the <c>seq</c> up to which that is so.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public (long Total, long Seq) CountFlows(FlowFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return _search.Count(filter, cancellationToken);
    }

    /// <summary>Which of these flows match, as they are stored now.</summary>
    /// <exception cref="FilterException">A regular expression takes too long.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlySet<long> Matching(FlowFilter filter, IReadOnlyCollection<long> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(ids);
        return PatientThread.Run(() => _readers.Use(reader => reader.Matching(filter, ids), cancellationToken));
    }

    /// <summary>What the newest flows have, or the newest connections; of notes, all flows. Reading it throws <see cref="IOException"/> when the file cannot be read.</summary>
    /// <param name="limit">The most values of an answer.</param>
    /// <param name="cancellationToken">Stops a search.</param>
    public ISeenValues SeenValues(int limit, CancellationToken cancellationToken = default) => new StoredSeenValues(_readers, limit, cancellationToken);

    /// <summary>One flow, or null when there is none of that id.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public StoredFlow? GetFlow(long id) => _readers.Use(reader => reader.Flow(id));

    /// <summary>A body, with all that has passed by now when the flow still runs; null when there is no such flow.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async ValueTask<StoredBody?> OpenBody(long id, MessageSide side, CancellationToken cancellationToken)
    {
        if (_live.ContainsKey(id) && !_queue.Failing)
        {
            try
            {
                await Run(StoreCommandKind.FlushBodies, id).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // What is in the file can still be shown.
            }
        }

        return _readers.Use(reader => reader.Body(id, side), cancellationToken) is { } body
            ? new StoredBody(_readers, id, side, body.Length, body.Inline, body.Complete)
            : null;
    }

    /// <summary>The session, to read from one end to the other; usable as long as this store is open.</summary>
    public SessionView OpenView() => new(_readers, Session, ownsReaders: false);

    /// <summary>Changes what is noted about flows, also about those that run. Each gets a new <c>seq</c>, when anything is different.</summary>
    /// <param name="ids">The flows; those that are not there are left out.</param>
    /// <param name="change">What becomes of a flow's notes; called once for each flow, on another thread, so it must not depend on time.</param>
    /// <returns>How many of the flows there are.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task<long> Annotate(IReadOnlyCollection<long> ids, Func<FlowNotes, FlowNotes> change)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(change);
        var found = 0L;
        foreach (var some in ids.Distinct().Chunk(MaxFlowsPerCommand))
        {
            found += (await Run(new StoreCommand(StoreCommandKind.Annotate) { FlowIds = some, Change = change }).ConfigureAwait(false)).Count;
        }

        return found;
    }

    /// <summary>Deletes one flow; one that runs stays deleted.</summary>
    /// <returns>What went; null when there was no such flow.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Task<FlowDeletion?> DeleteFlow(long id) => DeleteFlows([id]);

    /// <summary>Deletes some flows; those that run stay deleted.</summary>
    /// <returns>What went; null when there was none of them.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task<FlowDeletion?> DeleteFlows(IReadOnlyCollection<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var (deletion, at, flows) = (NextDeletion(), _options.TimeProvider.GetUtcNow(), 0L);
        foreach (var some in ids.Chunk(MaxFlowsPerCommand))
        {
            flows += (await Run(new StoreCommand(StoreCommandKind.Delete) { FlowIds = some, Deletion = deletion }).ConfigureAwait(false)).Count;
        }

        return flows == 0 ? null : new FlowDeletion(deletion, at, flows);
    }

    /// <summary>Deletes all flows, also those that run.</summary>
    /// <returns>What went; null when there was nothing.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Task<FlowDeletion?> DeleteAllFlows() => DeleteFlowsUpTo(long.MaxValue);

    /// <summary>Deletes the flows up to this id, also those that run; later ones stay.</summary>
    /// <returns>What went; null when there was nothing.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task<FlowDeletion?> DeleteFlowsUpTo(long id)
    {
        var (deletion, at) = (NextDeletion(), _options.TimeProvider.GetUtcNow());
        var flows = (await Run(new StoreCommand(StoreCommandKind.Clear, id) { Deletion = deletion }).ConfigureAwait(false)).Count;
        return flows == 0 ? null : new FlowDeletion(deletion, at, flows);
    }

    /// <summary>What was deleted and can still be brought back, the newest first.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<FlowDeletion> Deletions()
    {
        if (_writer is null)
        {
            return [];
        }

        var since = _options.TimeProvider.GetUtcNow() - _options.UndoTime;
        return [.. _readers.Use(reader => reader.Deletions()).Where(deletion => deletion.DeletedAt > since && deletion.Id > _writer.LastDeletion)];
    }

    /// <summary>Brings back what was deleted, with all it held; a flow that ran has ended by that. Many come some at a time, as flows that are new.</summary>
    /// <returns>How many flows there are again; null when there is no such deletion (any more).</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task<long?> Undelete(long deletion)
    {
        if (Deletions().All(one => one.Id != deletion))
        {
            return null;
        }

        var flows = 0L;
        while (await Run(new StoreCommand(StoreCommandKind.Restore) { Deletion = deletion, Limit = MaxFlowsPerCommand }).ConfigureAwait(false) is { Count: > 0 } some)
        {
            flows += some.Count;
        }

        return flows;
    }

    /// <summary>Gives the free space in the file back to the disk, while the session goes on being recorded: a little after each commit. A file that was
    /// made by an older MitmWeb, or is compacted for the first time, is written anew as a whole; what is captured meanwhile waits in memory,
    /// and the traffic waits when that is full.</summary>
    /// <param name="progress">Is told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops it; what was given back by then stays so.</param>
    /// <returns>The bytes that became free on the disk.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task<long> Compact(IProgress<double> progress, CancellationToken cancellationToken)
    {
        var before = SessionFile.SizeOnDisk(Session.Path);
        await Run(StoreCommandKind.Barrier, 0).ConfigureAwait(false);
        await Writer.Compact(progress, cancellationToken).ConfigureAwait(false);
        return before - SessionFile.SizeOnDisk(Session.Path);
    }

    /// <summary>Gives the session's file another name while the session goes on being recorded.</summary>
    /// <exception cref="SessionFileException">It has the old name: the new one is taken, somebody else has the file open, or it is being searched.</exception>
    internal Task Move(string target) => Writer.Move(new SessionMove(target, _readers, Index));

    /// <summary>What is removed to keep the session within its limits.</summary>
    public RetentionPolicy Retention
    {
        get => _writer?.Retention.Policy ?? RetentionPolicy.None;
        set => Writer.SetRetention(value);
    }

    /// <summary>Waits until everything recorded so far is committed.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Task Flush() => Run(StoreCommandKind.Barrier, 0);

    /// <summary>How much the session holds.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public FlowStoreStats GetStats()
    {
        var (progress, used, whole, oldest) = _readers.Use(reader => reader.Stats());
        return new FlowStoreStats(progress.Flows, progress.Seq, SessionFile.SizeOnDisk(Session.Path), used, whole, oldest);
    }

    /// <summary>Stores what waits, marks the flows that still run as interrupted, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writer is null)
        {
            _readers.Dispose();
            SessionFile.RemoveNotes(Session.Path);
            return;
        }

        var first = Interlocked.Exchange(ref _closed, 1) == 0;
        await _writer.DisposeAsync().ConfigureAwait(false);
        if (!first)
        {
            return;
        }

        _feed.Complete();
        _index?.Dispose();
        _readers.Dispose();
        _file!.Dispose();
    }

    private BodyIndex Index => _index ?? throw new InvalidOperationException("A session that is only read is not indexed.");

    private FlowWriter Writer => _writer ?? throw new InvalidOperationException("A session that is only read takes nothing.");

    private void Queue(LiveFlow live)
    {
        if (live.TryQueue())
        {
            _queue.Enqueue(live);
        }
    }

    /// <summary>The store's side of a flow; null when nothing of it is stored.</summary>
    private LiveFlow? Live(Flow flow)
    {
        if (_live.TryGetValue(flow.Id, out var live))
        {
            return live;
        }

        if (Volatile.Read(ref _closed) != 0 || flow.Id <= Writer.ClearedFlowId)
        {
            return null;
        }

        live = new LiveFlow(flow);
        if (_queue.Failing && _queue.Full)
        {
            live.Ignored = true;
            Writer.CountLostFlow();
        }

        return _live.GetOrAdd(flow.Id, live);
    }

    private long NextDeletion() => Interlocked.Increment(ref _lastDeletion);

    private Task<StoreCommand> Run(StoreCommandKind kind, long id) => Run(new StoreCommand(kind, id));

    private async Task<StoreCommand> Run(StoreCommand command)
    {
        if (IsReadOnly)
        {
            throw new SessionFileException($"The session {Session.Name} is opened read only; make it the live session to change it.");
        }

        _queue.Enqueue(command);
        await command.Done.ConfigureAwait(false);
        return command;
    }
}
