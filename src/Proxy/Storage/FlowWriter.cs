using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>
/// The one thread that writes a session. It takes what waits, writes it in one transaction, and only after the commit tells anybody.
/// When a transaction fails everything in it is still in memory, and it is tried again.
/// </summary>
internal sealed partial class FlowWriter : IAsyncDisposable
{
    /// <summary>How often limits are looked at: flows grow old also when nothing else happens.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often what can no longer be brought back is looked for when nothing else happens.</summary>
    private static readonly TimeSpan DeletionInterval = TimeSpan.FromSeconds(10);

    /// <summary>Removed connections that are remembered, because somebody may still hold them.</summary>
    private const int MaxRemovedConnections = 100_000;

    private readonly SessionFile _file;
    private readonly FlowStoreOptions _options;
    private readonly WriteQueue _queue;
    private readonly ConcurrentDictionary<long, LiveFlow> _live;
    private readonly ChangeFeed _feed;
    private readonly ConnectionIds _connectionIds;
    private SessionWriter _writer;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly List<LiveFlow> _batch = [];
    private readonly Dictionary<long, long> _blocks = [];
    private readonly List<ConnectionMark> _marked = [];
    private readonly List<long> _removed = [];
    private readonly List<(LiveFlow Flow, FlowRow Row)> _annotated = [];
    private List<QueuedFlow> _taken = [];
    private List<StoreCommand> _commands = [];
    private ConditionalWeakTable<object, ConnectionMark> _connections = [];
    private SessionProgress _committed;
    private SessionProgress _progress;
    private List<FlowChange> _changes = [];
    private int _takenFlows;
    private long _takenWeight;
    private readonly long _leftFrom;
    private bool _garbage;
    private bool _connectionsGone;
    private bool _needsRoom;
    private bool _cleared;
    private StoreProblem? _problem;
    private long _lostFlows;
    private long _writtenBytes;
    private long _lastAllocatedFlowId;
    private long _clearedFlowId;
    private readonly long _openedConnectionId;
    private readonly HashSet<long> _removedConnections = [];
    private Compaction? _compaction;
    private SessionMove? _move;
    private bool _removing;
    private long _nextLook;

    public FlowWriter(
        SessionFile file,
        FlowStoreOptions options,
        WriteQueue queue,
        ConcurrentDictionary<long, LiveFlow> live,
        ChangeFeed feed,
        ConnectionIds connectionIds)
    {
        _file = file;
        _options = options;
        _queue = queue;
        _live = live;
        _feed = feed;
        _connectionIds = connectionIds;
        _writer = new SessionWriter(file.Writer);
        using (var select = file.Writer.Prepare(SessionProgress.Sql))
        {
            if (!select.Step())
            {
                throw new SessionFileException(
                    $"The session file {file.Info.Path} is damaged (its progress is missing); move it away or name another one.");
            }

            _committed = SessionProgress.Read(select);
        }

        EndInterrupted();
        _openedConnectionId = _committed.LastConnectionId;
        connectionIds.RaiseTo(_openedConnectionId);
        _lastAllocatedFlowId = Math.Max(_committed.LastFlowId, _committed.ClearedFlowId);
        _clearedFlowId = _committed.ClearedFlowId;
        _garbage = true;
        Retention = new Retention(file.Writer, options.TimeProvider);
        LastDeletion = _writer.Deletions.Last;
        _leftFrom = Microseconds.FromTime(options.TimeProvider.GetUtcNow());
        _thread = new Thread(Run) { IsBackground = true, Name = "flow store" };
    }

    /// <summary>Raised on the writer's thread when <see cref="Problem"/> has changed.</summary>
    public event Action? ProblemChanged;

    /// <summary>Why nothing can be written at present, or null.</summary>
    public StoreProblem? Problem => Volatile.Read(ref _problem) is { } problem
        ? problem with { LostFlows = Interlocked.Read(ref _lostFlows) }
        : null;

    /// <summary>How many bytes of heads and bodies have been written.</summary>
    public long WrittenBytes => Interlocked.Read(ref _writtenBytes);

    /// <summary>The number of the last deletion when the session was opened.</summary>
    public long LastDeletion { get; }

    /// <summary>Flows up to this id are deleted, also those that still run.</summary>
    public long ClearedFlowId => Interlocked.Read(ref _clearedFlowId);

    /// <summary>What is removed to keep the session within its limits.</summary>
    public Retention Retention { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>Sets the limits of the session.</summary>
    public void SetRetention(RetentionPolicy policy)
    {
        Retention.Set(policy);
        Interlocked.Exchange(ref _nextLook, 0);
        _queue.Wake();
    }

    /// <summary>Gives the free space in the file back.</summary>
    /// <exception cref="SessionFileException">It is being done already, or the file cannot be written.</exception>
    public Task Compact(IProgress<double> progress, CancellationToken cancellationToken)
    {
        var compaction = new Compaction(_file, progress, cancellationToken);
        if (_queue.Closing || Interlocked.CompareExchange(ref _compaction, compaction, null) is not null)
        {
            throw new SessionFileException("The session is being compacted already, or closed.");
        }

        _queue.Wake();
        return compaction.Done;
    }

    /// <summary>Has the file renamed between two transactions.</summary>
    /// <exception cref="SessionFileException">It has the old name.</exception>
    public Task Move(SessionMove move)
    {
        if (_queue.Closing || Interlocked.CompareExchange(ref _move, move, null) is not null)
        {
            throw new SessionFileException("The session is being renamed already, or closed.");
        }

        _queue.Wake();
        return move.Done;
    }

    /// <summary>Lets the writer finish.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _ended.Task.ConfigureAwait(false);
    }

    public long NextFlowId() => Interlocked.Increment(ref _lastAllocatedFlowId);

    /// <summary>Counts a flow that there was no room for while the file could not be written.</summary>
    public void CountLostFlow() => Interlocked.Increment(ref _lostFlows);

    /// <summary>Marks what a crash left running.</summary>
    private void EndInterrupted()
    {
        var running = new List<long>();
        using (var select = _file.Writer.Prepare("SELECT id FROM flow WHERE state < 2 ORDER BY id"))
        {
            while (select.Step())
            {
                running.Add(select.Int64(0));
            }
        }

        if (running.Count == 0)
        {
            return;
        }

        _writer.Begin();
        foreach (var id in running)
        {
            _committed = _committed with { Seq = _committed.Seq + 1 };
            _writer.Interrupt(id, _committed.Seq);
        }

        _writer.WriteProgress(_committed);
        _writer.Commit();
    }

    private void Run()
    {
        try
        {
            while (!_queue.Closing)
            {
                var compaction = Volatile.Read(ref _compaction);
                var move = Volatile.Read(ref _move);
                var hasMore = _garbage || _removing || _batch.Count > 0 || compaction is not null || move is not null;
                _queue.WaitForWork(hasMore, Retention.Policy.IsEmpty ? DeletionInterval : LookInterval);
                if (!TryWriteBatch(closing: false))
                {
                    move?.GiveUp("Flows cannot be stored at present; see to that first.");
                    Volatile.Write(ref _move, null);
                    _queue.WaitForRetry();
                }
                else if (move is not null)
                {
                    move.Run(_file, _options, CloseStatements, OpenStatements);
                    Volatile.Write(ref _move, null);
                }
                else if (!_garbage && compaction?.Step(_file.Info.Path) == false)
                {
                    Volatile.Write(ref _compaction, null);
                }
            }

            Finish();
        }
        catch (Exception e)
        {
            // A mistake of ours, not of the disk: the traffic must go on, and somebody must hear of it.
            Log.WriterFailed(_options.Logger, e, _file.Info.Path);
            SetProblem($"Flows are no longer stored in {_file.Info.Path} because of an error in MitmWeb ({e.Message}); restart it.");
        }
        finally
        {
            _queue.Close();
            _queue.Abandon();
            FailCommands(new ObjectDisposedException(nameof(FlowStore)));
            _compaction?.GiveUp();
            _move?.GiveUp("The session was closed before it was renamed.");
            Retention.Dispose();
            _writer.Dispose();
            _ended.TrySetResult();
        }
    }

    private void CloseStatements()
    {
        _writer.Dispose();
        Retention.Dispose();
    }

    private void OpenStatements()
    {
        var policy = Retention.Policy;
        _writer = new SessionWriter(_file.Writer);
        Retention = new Retention(_file.Writer, _options.TimeProvider);
        Retention.Set(policy);
    }

    private void Finish()
    {
        var until = Environment.TickCount64 + (long)_options.CloseTimeout.TotalMilliseconds;
        while (!TryWriteBatch(closing: true))
        {
            if (Environment.TickCount64 >= until - 500)
            {
                Log.ClosedWithLoss(_options.Logger, _file.Info.Path, _batch.Count);
                return;
            }

            Thread.Yield();
        }

        try
        {
            _file.Writer.Execute("PRAGMA busy_timeout=500");
            _file.Writer.Checkpoint(truncate: true);
        }
        catch (DatabaseException e)
        {
            // Nothing is lost: the log stays beside the file and is read at the next start.
            Log.CheckpointFailed(_options.Logger, e, _file.Info.Path);
        }
    }

    /// <returns>Whether everything that waited is committed.</returns>
    private bool TryWriteBatch(bool closing)
    {
        Take(closing);
        try
        {
            _progress = _committed;
            _writer.Begin();
            foreach (var flow in _batch)
            {
                WriteFlow(flow, closing);
            }

            foreach (var command in _commands)
            {
                Execute(command);
            }

            if (!closing)
            {
                RemoveDeleted();
            }

            if (!closing && !_garbage)
            {
                Retain();
            }

            if (_removed.Count > 0)
            {
                _writer.TrimRemovals(_options.MaxRemovals);
            }

            foreach (var (block, flows) in _blocks)
            {
                _writer.AddToBlock(block, flows);
            }

            if (_progress != _committed)
            {
                _writer.WriteProgress(_progress);
            }

            _writer.Commit();
        }
        catch (DatabaseException e)
        {
            TakeBack(e);
            return false;
        }

        Committed();
        return true;
    }

    private void Take(bool closing)
    {
        _queue.Take(ref _taken, ref _commands);
        foreach (var (flow, weight) in _taken)
        {
            flow.Unqueue();
            _takenFlows++;
            _takenWeight += weight;
            Add(flow);
        }

        _taken.Clear();
        foreach (var command in _commands)
        {
            if (command.Kind == StoreCommandKind.FlushBodies && _live.TryGetValue(command.FlowId, out var flow))
            {
                Cut(flow);
            }

            // What had come by then can be brought back.
            foreach (var id in command.Kind == StoreCommandKind.Delete ? command.FlowIds : [])
            {
                if (_live.TryGetValue(id, out var deleted))
                {
                    Cut(deleted);
                }
            }
        }

        if (closing)
        {
            foreach (var flow in _live.Values)
            {
                Add(flow);
            }
        }
        else if (_queue.MustSpill)
        {
            foreach (var flow in _live.Values)
            {
                Cut(flow);
            }
        }
    }

    private void Add(LiveFlow flow)
    {
        if (!flow.InBatch && !flow.Finished)
        {
            flow.InBatch = true;
            _batch.Add(flow);
        }
    }

    private void Cut(LiveFlow flow)
    {
        lock (flow)
        {
            if (flow.Ended || flow.Ignored || !((flow.RequestBody?.HasBytes ?? false) || (flow.ResponseBody?.HasBytes ?? false)))
            {
                return;
            }

            flow.RequestBody?.Cut();
            flow.ResponseBody?.Cut();
        }

        Add(flow);
    }

    private void WriteFlow(LiveFlow live, bool closing)
    {
        live.Written = null;
        if (live.Ignored)
        {
            return;
        }

        var flow = live.Flow;
        var ended = live.Ended;
        var last = live.WasLast = ended || closing;
        var client = WriteClient(flow.Client);
        var server = flow.Server is { } connection ? WriteServer(connection) : null;
        var row = FlowRows.Make(flow, _progress.Seq + 1, client.Address!, server?.Address, interrupted: !ended && closing);
        row = live.Notes is { } notes ? notes.On(row) : row;
        LiveBody? requestInline;
        LiveBody? responseInline;
        lock (live)
        {
            requestInline = TakeBody(live.RequestBody, last);
            responseInline = TakeBody(live.ResponseBody, last);
        }

        WriteChunks(flow.Id, MessageSide.Request, live.RequestBody);
        WriteChunks(flow.Id, MessageSide.Response, live.ResponseBody);
        var stamp = ContentStamp.Of(flow);
        if (last || live.Stored is null || live.StoredContent != stamp)
        {
            var error = flow.Error ?? (row.Error is null ? null : new FlowError(FlowStep.Proxy, row.Error));
            _writer.WriteContent(flow, client.Id, server?.Id, error, requestInline, responseInline, expectNew: live.Stored is null);
        }

        live.WrittenContent = stamp;
        if (_writer.WriteFlow(row, expectNew: live.Stored is null))
        {
            CountInBlock(flow.Id, 1);
        }
        else if (live.Stored is null && _writer.Read(flow.Id) is { } known)
        {
            // The engine speaks again of a flow that had ended; what was noted meanwhile stands in the file alone.
            live.Notes = FlowNotes.OfNoted(known);
            row = known;
        }

        live.Written = row;
        _progress = _progress with { Seq = row.Seq, LastFlowId = Math.Max(_progress.LastFlowId, flow.Id) };
        _changes.Add(new FlowChange(row, live.Stored));
    }

    /// <summary>Takes what is ready of a body; all of it when it is the last time.</summary>
    /// <returns>The body when it belongs into the flow's row.</returns>
    private static LiveBody? TakeBody(LiveBody? body, bool last)
    {
        if (body is null)
        {
            return null;
        }

        if (last)
        {
            if (!body.InPieces && body.Whole.Length <= LiveBody.InlineLimit)
            {
                return body;
            }

            body.Cut();
        }

        body.Take();
        return null;
    }

    private void WriteChunks(long flowId, MessageSide side, LiveBody? body)
    {
        if (body is null)
        {
            return;
        }

        foreach (var segment in body.Writing)
        {
            _writer.WriteChunk(flowId, side, segment);
        }
    }

    private ConnectionMark WriteClient(ClientConnection connection)
    {
        var mark = MarkOf(connection, connection.Id);
        mark.Update(connection);
        if (!mark.Written)
        {
            _writer.WriteConnection(mark.Id, connection);
            Mark(mark);
        }

        return mark;
    }

    private ConnectionMark WriteServer(ServerConnection connection)
    {
        var mark = MarkOf(connection, connection.Id);
        mark.Update(connection);
        if (!mark.Written)
        {
            _writer.WriteConnection(mark.Id, connection);
            Mark(mark);
        }

        return mark;
    }

    /// <summary>A connection that is older than the opening of this session has an id that another may have here: it gets a new one.</summary>
    private ConnectionMark MarkOf(object connection, long id)
    {
        var mark = _connections.GetOrCreateValue(connection);
        if (mark.Id == 0)
        {
            mark.Id = id > _openedConnectionId ? id : _connectionIds.Next();
        }

        // Its row went with the last flow that was removed, and here is another one.
        mark.Written &= !_removedConnections.Remove(mark.Id);

        return mark;
    }

    private void Mark(ConnectionMark mark)
    {
        mark.Written = true;
        _marked.Add(mark);
        _progress = _progress with { LastConnectionId = Math.Max(_progress.LastConnectionId, mark.Id) };
    }

    private void CountInBlock(long id, int flows)
    {
        var block = id / Schema.BlockSize;
        _blocks[block] = _blocks.GetValueOrDefault(block) + flows;
        _progress = _progress with { Flows = _progress.Flows + flows };
    }

    private void Execute(StoreCommand command)
    {
        switch (command.Kind)
        {
            case StoreCommandKind.Delete:
                Delete(command);
                break;
            case StoreCommandKind.Restore:
                Restore(command);
                break;
            case StoreCommandKind.Annotate:
                Annotate(command);
                break;
            case StoreCommandKind.Clear:
                command.Count = Clear(Math.Min(command.FlowId, Interlocked.Read(ref _lastAllocatedFlowId)), command.Deletion);
                command.Result = true;
                break;
            default:
                command.Result = true;
                break;
        }
    }

    private bool Remove(long id)
    {
        if (!_writer.Delete(id))
        {
            return false;
        }

        _progress = _progress with { Seq = _progress.Seq + 1 };
        _writer.WriteRemoval(_progress.Seq, id);
        CountInBlock(id, -1);
        _removed.Add(id);
        return true;
    }

    /// <summary>Removes some of what is beyond the session's limits.</summary>
    private void Retain()
    {
        var now = Environment.TickCount64;
        if (!_removing && now < Interlocked.Read(ref _nextLook))
        {
            return;
        }

        if (Retention.IsTooLarge && _writer.Deletions.HasAny)
        {
            // What was deleted goes before what is still on the list.
            _needsRoom = _garbage = true;
            return;
        }

        _removing = Retention.Step(_progress.Flows, _live.ContainsKey, id => Remove(id), connection => _removedConnections.Add(connection));
        Interlocked.Exchange(ref _nextLook, now + (long)LookInterval.TotalMilliseconds);
        if (_removedConnections.Count > MaxRemovedConnections)
        {
            _removedConnections.Clear();
            _connections = [];
        }
    }

    /// <summary>Changes what is noted about flows. Each is announced once: as it is after the last command of this batch.</summary>
    private void Annotate(StoreCommand command)
    {
        var before = new Dictionary<long, FlowRow?>();
        foreach (var change in _changes)
        {
            before[change.Row.Id] = change.Before;
        }

        var changed = new List<FlowChange>();
        foreach (var id in command.FlowIds)
        {
            if (_writer.Read(id) is not { } row)
            {
                continue;
            }

            command.Count++;
            if (command.Change!(FlowNotes.Of(row)).On(row) is var noted && noted == row)
            {
                continue;
            }

            noted = noted with { Seq = _progress.Seq + 1 };
            _progress = _progress with { Seq = noted.Seq };
            _writer.WriteNotes(noted);
            changed.Add(new FlowChange(noted, before.TryGetValue(id, out var known) ? known : row));
            if (_live.TryGetValue(id, out var live))
            {
                _annotated.Add((live, noted));
                if (live.Written is not null)
                {
                    live.Written = noted;
                }
            }
        }

        var ids = changed.Select(change => change.Row.Id).ToHashSet();
        _changes.RemoveAll(change => ids.Contains(change.Row.Id));
        _changes.AddRange(changed);
        command.Result = command.Count > 0;
    }

    /// <summary>Deletes some flows, those of this batch among them.</summary>
    private void Delete(StoreCommand command)
    {
        foreach (var id in command.FlowIds)
        {
            if (!_writer.Deletions.Move(id, command.Deletion))
            {
                continue;
            }

            _writer.DeleteRow(id);
            _progress = _progress with { Seq = _progress.Seq + 1 };
            _writer.WriteRemoval(_progress.Seq, id);
            CountInBlock(id, -1);
            _removed.Add(id);
            command.Count++;
        }

        if (command.Count > 0)
        {
            RecordDeletion(command.Deletion, command.Count, isTable: false);
            var gone = _removed.ToHashSet();
            _changes.RemoveAll(change => gone.Contains(change.Row.Id));
        }
    }

    /// <summary>Brings some of the deleted flows back.</summary>
    private void Restore(StoreCommand command)
    {
        var rows = _writer.Deletions.Restore(command.Deletion, _progress.Seq, command.Limit);
        foreach (var row in rows)
        {
            CountInBlock(row.Id, 1);
            _changes.Add(new FlowChange(row, null));
            _removed.Remove(row.Id);
        }

        _progress = _progress with { Seq = _progress.Seq + rows.Count };
        command.Count = rows.Count;
    }

    /// <summary>Deletes the flows up to an id, those of this batch among them. Who listens must load anew.</summary>
    /// <returns>How many there were.</returns>
    private long Clear(long upTo, long deletion)
    {
        if (upTo <= 0)
        {
            return 0;
        }

        // What this batch counted in the cleared blocks is in the table of flows already, from which they are counted anew.
        foreach (var block in _blocks.Keys.Where(block => block <= upTo / Schema.BlockSize).ToArray())
        {
            _blocks.Remove(block);
        }

        var (flows, isTable) = _writer.Deletions.MoveUpTo(upTo, deletion, _progress.Flows);
        if (flows > 0)
        {
            RecordDeletion(deletion, flows, isTable);
        }

        _writer.CountBlocksUpTo(upTo);
        _writer.ForgetRemovals();
        _removed.Clear();
        _changes.Clear();
        _cleared = true;
        _progress = _progress with
        {
            Seq = _progress.Seq + 1,
            Flows = _progress.Flows - flows,
            ClearedSeq = _progress.Seq + 1,
            ClearedFlowId = Math.Max(_progress.ClearedFlowId, upTo),
        };
        return flows;
    }

    private void RecordDeletion(long deletion, long flows, bool isTable)
    {
        _writer.Deletions.Record(deletion, Microseconds.FromTime(_options.TimeProvider.GetUtcNow()), flows, isTable, _progress.LastConnectionId);
        _garbage = true;
    }

    /// <summary>Removes for good some of what can no longer be brought back.</summary>
    private void RemoveDeleted()
    {
        // Who compacts wants the room now.
        var needsRoom = _needsRoom || Volatile.Read(ref _compaction) is not null;
        var until = _options.TimeProvider.GetUtcNow() - (needsRoom ? TimeSpan.Zero : _options.UndoTime);
        _garbage = _writer.Deletions.Remove(Math.Max(Microseconds.FromTime(until), _leftFrom), out _connectionsGone);
        if (!_garbage)
        {
            _needsRoom = false;
        }
    }

    private void Committed()
    {
        _committed = _progress;
        if (_cleared)
        {
            Interlocked.Exchange(ref _clearedFlowId, _committed.ClearedFlowId);
            foreach (var flow in _live.Values)
            {
                Ignore(flow, flow.Flow.Id <= _committed.ClearedFlowId);
            }
        }

        if (_connectionsGone)
        {
            // Connections that are still open may have lost their rows; who uses them writes them again.
            (_connections, _connectionsGone) = ([], false);
        }

        foreach (var id in _removed)
        {
            if (_live.TryGetValue(id, out var flow))
            {
                Ignore(flow, true);
            }
        }

        var bytes = _takenWeight;
        foreach (var flow in _batch)
        {
            bytes += Release(flow);
        }

        foreach (var (flow, row) in _annotated)
        {
            (flow.Notes, flow.Stored) = (FlowNotes.OfNoted(row), row);
        }

        var changes = new FlowChanges(_committed.Seq, _changes.Count == 0 ? [] : _changes, _removed.Count == 0 ? [] : [.. _removed], _cleared);
        var announce = _changes.Count > 0 || _removed.Count > 0 || _cleared;
        if (_changes.Count > 0)
        {
            _changes = [];
        }

        var flows = _takenFlows;
        ForgetBatch();
        if (_problem is not null)
        {
            Log.WritingAgain(_options.Logger, _file.Info.Path, Interlocked.Read(ref _lostFlows));
            _queue.SetFailing(false);
            Interlocked.Exchange(ref _lostFlows, 0);
            Volatile.Write(ref _problem, null);
            ProblemChanged?.Invoke();
        }

        Interlocked.Add(ref _writtenBytes, bytes);
        _queue.Release(flows, bytes);
        if (announce)
        {
            _feed.Publish(changes);
        }

        foreach (var command in _commands)
        {
            command.Complete();
        }

        _commands.Clear();
    }

    private void Ignore(LiveFlow flow, bool ignore)
    {
        if (!ignore || flow.Ignored)
        {
            return;
        }

        lock (flow)
        {
            flow.Ignored = true;
            _queue.Release(0, flow.ReleaseBodies());
        }
    }

    /// <summary>Lets go of what is now in the file.</summary>
    private long Release(LiveFlow flow)
    {
        flow.InBatch = false;
        lock (flow)
        {
            var bytes = 0L;
            if (flow.Written is { } row)
            {
                flow.Stored = row;
                flow.StoredContent = flow.WrittenContent;
                bytes = (flow.RequestBody?.ReleaseWritten() ?? 0) + (flow.ResponseBody?.ReleaseWritten() ?? 0);
            }

            // A flow that ended while this batch was being written comes once more, with its last state.
            if (flow.Ignored ? flow.Ended : flow.WasLast)
            {
                flow.Finished = true;
                bytes += flow.ReleaseBodies();
                _live.TryRemove(KeyValuePair.Create(flow.Flow.Id, flow));
            }

            return bytes;
        }
    }

    private void TakeBack(DatabaseException reason)
    {
        try
        {
            _writer.Rollback();
        }
        catch (DatabaseException e)
        {
            Log.RollbackFailed(_options.Logger, e, _file.Info.Path);
        }

        foreach (var mark in _marked)
        {
            mark.Written = false;
        }

        _garbage = true;
        _connectionsGone = false;
        _needsRoom |= reason.PrimaryCode == SQLitePCL.raw.SQLITE_FULL;
        ForgetTransaction();
        SetProblem(SessionFile.Describe(_file.Info.Path, reason));
        FailCommands(new IOException(_problem!.Message, reason));
    }

    private void FailCommands(Exception reason)
    {
        foreach (var command in _commands)
        {
            command.Fail(reason);
        }

        _commands.Clear();
    }

    private void SetProblem(string message)
    {
        _queue.SetFailing(true);
        if (_problem?.Message == message)
        {
            return;
        }

        Log.CannotWrite(_options.Logger, message);
        Volatile.Write(ref _problem, new StoreProblem(message, _problem?.Since ?? _options.TimeProvider.GetUtcNow(), 0));
        ProblemChanged?.Invoke();
    }

    private void ForgetBatch()
    {
        _batch.Clear();
        (_takenFlows, _takenWeight) = (0, 0);
        ForgetTransaction();
    }

    private void ForgetTransaction()
    {
        _changes.Clear();
        _blocks.Clear();
        _marked.Clear();
        _removed.Clear();
        _annotated.Clear();
        _cleared = false;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Problem} Until then what fits into memory waits, and the rest is not recorded; the proxy goes on.")]
        public static partial void CannotWrite(ILogger logger, string problem);

        [LoggerMessage(2, LogLevel.Warning, "The session file {Path} can be written again; {Lost} flows were not recorded meanwhile.")]
        public static partial void WritingAgain(ILogger logger, string path, long lost);

        [LoggerMessage(3, LogLevel.Warning, "A failed transaction on {Path} could not be taken back.")]
        public static partial void RollbackFailed(ILogger logger, Exception exception, string path);

        [LoggerMessage(4, LogLevel.Warning, "The log of the session file {Path} could not be emptied; nothing is lost.")]
        public static partial void CheckpointFailed(ILogger logger, Exception exception, string path);

        [LoggerMessage(5, LogLevel.Error, "The session file {Path} was closed while it could not be written; {Flows} flows are lost.")]
        public static partial void ClosedWithLoss(ILogger logger, string path, int flows);

        [LoggerMessage(6, LogLevel.Critical, "The writer of the session file {Path} has failed.")]
        public static partial void WriterFailed(ILogger logger, Exception exception, string path);
    }
}
