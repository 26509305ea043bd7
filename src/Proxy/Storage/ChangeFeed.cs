namespace MitmWeb.Proxy.Storage;

/// <summary>Gives each commit's changes to whoever has subscribed. Nobody can hold the writer up.</summary>
internal sealed class ChangeFeed
{
    private readonly object _gate = new();
    private FlowSubscription[] _subscriptions = [];

    /// <summary>Raised at each commit, with its <c>seq</c>. Handlers must be quick: they hold the writer up.</summary>
    public event Action<long>? Published;

    public FlowSubscription Subscribe(int maxPending)
    {
        var subscription = new FlowSubscription(this, maxPending);
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        return subscription;
    }

    public void Unsubscribe(FlowSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = _subscriptions.Where(other => other != subscription).ToArray();
        }
    }

    public void Publish(FlowChanges changes)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            subscription.Add(changes);
        }

        Published?.Invoke(changes.Seq);
    }

    public void Complete()
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            subscription.Complete();
        }
    }
}
