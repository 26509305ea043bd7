namespace MitmWeb.Proxy.Storage;

/// <summary>
/// What has changed since one subscriber read last. Changes that come faster than it reads become one; when they are too many to keep,
/// it gets a <see cref="FlowChanges.Reset"/> instead. For one reader at a time.
/// </summary>
public sealed class FlowSubscription : IDisposable
{
    private readonly ChangeFeed _feed;
    private readonly int _maxPending;
    private readonly object _gate = new();
    private readonly List<FlowChanges> _pending = [];
    private int _pendingRows;
    private bool _overflow;
    private long _overflowSeq;
    private bool _complete;
    private TaskCompletionSource? _waiting;

    internal FlowSubscription(ChangeFeed feed, int maxPending)
    {
        _feed = feed;
        _maxPending = maxPending;
    }

    /// <summary>Waits for changes.</summary>
    /// <returns>All that has changed since the last call; null when the store is closed.</returns>
    public async ValueTask<FlowChanges?> Read(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task waiting;
            lock (_gate)
            {
                if (TakePending() is { } changes)
                {
                    return changes;
                }

                if (_complete)
                {
                    return null;
                }

                _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _waiting.Task;
            }

            await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What has changed since the last call, or null when nothing has.</summary>
    public FlowChanges? TryRead()
    {
        lock (_gate)
        {
            return TakePending();
        }
    }

    public void Dispose()
    {
        _feed.Unsubscribe(this);
        Complete();
    }

    internal void Add(FlowChanges changes)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _overflowSeq = changes.Seq;
            if (!_overflow)
            {
                _pending.Add(changes);
                _pendingRows += changes.Rows.Count + changes.RemovedIds.Count;
                if (_pendingRows > _maxPending)
                {
                    _overflow = true;
                    _pending.Clear();
                }
            }

            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.TrySetResult();
    }

    internal void Complete()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _complete = true;
            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.TrySetResult();
    }

    private FlowChanges? TakePending()
    {
        if (_overflow)
        {
            (_overflow, _pendingRows) = (false, 0);
            return new FlowChanges(_overflowSeq, [], [], Reset: true);
        }

        if (_pending.Count == 0)
        {
            return null;
        }

        var changes = _pending.Count == 1 ? _pending[0] : Merge(_pending);
        _pending.Clear();
        _pendingRows = 0;
        return changes;
    }

    /// <summary>Each flow once: its newest row, and the row before the first of these changes.</summary>
    private static FlowChanges Merge(List<FlowChanges> all)
    {
        var rows = new Dictionary<long, FlowChange>();
        var removed = new List<long>();
        var reset = false;
        foreach (var changes in all)
        {
            if (changes.Reset)
            {
                reset = true;
                rows.Clear();
                removed.Clear();
            }

            foreach (var change in changes.Rows)
            {
                rows[change.Row.Id] = rows.TryGetValue(change.Row.Id, out var earlier) ? change with { Before = earlier.Before } : change;
            }

            removed.AddRange(changes.RemovedIds);
        }

        foreach (var id in removed)
        {
            rows.Remove(id);
        }

        return new FlowChanges(all[^1].Seq, rows.Values.OrderBy(change => change.Row.Seq).ToArray(), removed, reset);
    }
}
