namespace MitmWeb.Proxy.Storage;

/// <summary>
/// The commits since one subscriber read last, each as it was. When there are too many to keep, one <see cref="FlowChanges.Reset"/>
/// stands for all of them. For one reader at a time.
/// </summary>
public sealed class FlowSubscription : IDisposable
{
    private readonly ChangeFeed _feed;
    private readonly int _maxPending;
    private readonly object _gate = new();
    private readonly Queue<FlowChanges> _pending = new();
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
    /// <returns>The next commit; null when the store is closed.</returns>
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

    /// <summary>The next commit, or null when there is none yet.</summary>
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
                _pending.Enqueue(changes);
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

        if (!_pending.TryDequeue(out var changes))
        {
            return null;
        }

        _pendingRows -= changes.Rows.Count + changes.RemovedIds.Count;
        return changes;
    }
}
