namespace MitmWeb.Proxy.Storage;

/// <summary>
/// What waits for the writer, and how much. Producers never block a thread: beyond the bounds they get a task that ends when there is
/// room again. While the file cannot be written nobody waits; what does not fit is lost instead, and counted.
/// </summary>
internal sealed class WriteQueue(FlowStoreOptions options)
{
    /// <summary>A batch with so many flows is worth a commit at once.</summary>
    private const int FullBatchFlows = 1024;

    /// <summary>A batch with so many bytes is worth a commit at once.</summary>
    private const long FullBatchBytes = 8 * 1024 * 1024;

    private readonly object _gate = new();
    private List<QueuedFlow> _flows = new(FullBatchFlows);
    private List<StoreCommand> _commands = [];
    private TaskCompletionSource? _room;
    private long _bytes;
    private int _waiting;
    private bool _closing;
    private bool _woken;
    private volatile bool _failing;

    /// <summary>Whether nobody waits because the file cannot be written.</summary>
    public bool Failing => _failing;

    /// <summary>Bytes in memory that are not committed.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Whether the bodies that still gather take so much memory that they must be written as they are.</summary>
    public bool MustSpill => Bytes > options.MaxBufferedBytes / 2;

    public bool Full => Bytes >= options.MaxBufferedBytes || Volatile.Read(ref _waiting) >= options.MaxQueuedFlows;

    public bool Closing
    {
        get
        {
            lock (_gate)
            {
                return _closing;
            }
        }
    }

    public void Enqueue(LiveFlow flow)
    {
        var weight = 512 + (flow.Flow.Request?.Raw.Length ?? 0) + (flow.Flow.Response?.Raw.Length ?? 0);
        Interlocked.Add(ref _bytes, weight);
        Interlocked.Increment(ref _waiting);
        lock (_gate)
        {
            _flows.Add(new QueuedFlow(flow, weight));
            if (_flows.Count is 1 or FullBatchFlows)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    public void Enqueue(StoreCommand command)
    {
        lock (_gate)
        {
            if (!_closing)
            {
                _commands.Add(command);
                Monitor.Pulse(_gate);
                return;
            }
        }

        command.Fail(new ObjectDisposedException(nameof(FlowStore)));
    }

    /// <summary>Counts body bytes that have come.</summary>
    public void AddBytes(int count)
    {
        var bytes = Interlocked.Add(ref _bytes, count);
        if ((bytes >= FullBatchBytes && bytes - count < FullBatchBytes) || bytes > options.MaxBufferedBytes / 2)
        {
            lock (_gate)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Ends at once when there is room, else when there is.</summary>
    public ValueTask WaitForRoom(CancellationToken cancellationToken)
    {
        return _failing || !Full ? default : new ValueTask(WaitUntilRoom(cancellationToken));
    }

    /// <summary>Blocks the writer until there is something to do, and then for as long as more may gather.</summary>
    /// <param name="hasMore">Whether the writer has work of its own, so that it should not wait for long.</param>
    /// <param name="longest">How long to wait when there is nothing to do.</param>
    public void WaitForWork(bool hasMore, TimeSpan longest)
    {
        lock (_gate)
        {
            while (!_closing && !hasMore && !_woken && _flows.Count == 0 && _commands.Count == 0 && !MustSpill)
            {
                if (!Monitor.Wait(_gate, longest))
                {
                    return;
                }
            }

            _woken = false;

            var until = Environment.TickCount64 + (long)options.CommitInterval.TotalMilliseconds;
            while (!_closing && _commands.Count == 0 && _flows.Count < FullBatchFlows && Bytes < FullBatchBytes)
            {
                var left = until - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_gate, (int)left))
                {
                    break;
                }
            }
        }
    }

    /// <summary>There is something to do that is not in the queue.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Blocks the writer before it tries again.</summary>
    public void WaitForRetry()
    {
        lock (_gate)
        {
            var until = Environment.TickCount64 + (long)options.RetryInterval.TotalMilliseconds;
            while (!_closing)
            {
                var left = until - Environment.TickCount64;
                if (left <= 0)
                {
                    return;
                }

                Monitor.Wait(_gate, (int)left);
            }
        }
    }

    /// <summary>Hands everything over to the writer, which gives empty lists in exchange.</summary>
    public void Take(ref List<QueuedFlow> flows, ref List<StoreCommand> commands)
    {
        lock (_gate)
        {
            (_flows, flows) = (flows, _flows);
            (_commands, commands) = (commands, _commands);
        }
    }

    /// <summary>So many flows and bytes are no longer in memory.</summary>
    public void Release(int flows, long bytes)
    {
        Interlocked.Add(ref _waiting, -flows);
        Interlocked.Add(ref _bytes, -bytes);
        if (!Full)
        {
            LetGo();
        }
    }

    /// <summary>The file can(not) be written.</summary>
    public void SetFailing(bool failing)
    {
        _failing = failing;
        if (failing)
        {
            LetGo();
        }
    }

    /// <summary>Nothing more comes; the writer finishes.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>After the writer's end nobody may wait for it.</summary>
    public void Abandon()
    {
        _failing = true;
        LetGo();
    }

    private async Task WaitUntilRoom(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_failing || !Full)
                {
                    return;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
                Monitor.Pulse(_gate);
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void LetGo()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }
}
