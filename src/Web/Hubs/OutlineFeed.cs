using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Views;

namespace MitmWeb.Web.Hubs;

/// <summary>The outline of one session, and what the tabs that look at it have been told. For one thread at a time.</summary>
internal sealed class OutlineFeed(FlowStore store, TimeProvider clock) : IDisposable
{
    /// <summary>Counting all flows anew takes at most this part of the time.</summary>
    private const int LoadShare = 10;

    private readonly FlowSubscription _commits = store.Subscribe();
    private readonly SessionOutline _outline = new(store);
    private readonly Dictionary<string, OutlineTab> _tabs = [];
    private bool _isLoaded;
    private long _loadAt = clock.GetTimestamp();

    /// <summary>Goes on to what is committed by now.</summary>
    /// <param name="shown">The connections that look, and the paths that are open there.</param>
    /// <param name="cancellationToken">Stops the counting.</param>
    /// <returns>What each connection does not know yet.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public List<(string Connection, OutlineDto Message)> Update(Dictionary<string, IReadOnlyList<string>> shown, CancellationToken cancellationToken)
    {
        foreach (var connection in _tabs.Keys.Where(connection => !shown.ContainsKey(connection)).ToArray())
        {
            _tabs.Remove(connection);
        }

        foreach (var (connection, paths) in shown)
        {
            _tabs.TryAdd(connection, new OutlineTab());
            _tabs[connection].Show(paths);
        }

        if ((!_isLoaded || _outline.IsOutdated) && clock.GetTimestamp() >= _loadAt)
        {
            var start = clock.GetTimestamp();
            _outline.Load(cancellationToken);
            var end = clock.GetTimestamp();
            (_isLoaded, _loadAt) = (true, end + ((end - start) * LoadShare));
        }

        while (_commits.TryRead() is { } changes)
        {
            _outline.Apply(changes);
        }

        _outline.Keep(_tabs.Values.SelectMany(tab => tab.Paths).Select(OutlineTab.Split).ToHashSet());
        var messages = new List<(string, OutlineDto)>();
        foreach (var (connection, tab) in _tabs)
        {
            if (tab.Changes(_outline, cancellationToken) is { } message)
            {
                messages.Add((connection, message));
            }
        }

        return messages;
    }

    public void Dispose() => _commits.Dispose();
}
