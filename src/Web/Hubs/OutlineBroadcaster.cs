using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Views;

namespace MitmWeb.Web.Hubs;

/// <summary>
/// Keeps the session's outline while tabs show it, and tells each tab what has changed in its part. It is of the whole session, whatever a tab
/// filters by: otherwise a click on a host would leave nothing else to click on. So all tabs that look at a session share one.
/// </summary>
internal sealed partial class OutlineBroadcaster(LiveStore live, IHubContext<FlowsHub> hub, TimeProvider clock, ILogger<OutlineBroadcaster> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan RetryPace = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private readonly Dictionary<string, (FlowStore Store, OutlineRequest Request)> _requests = [];
    private readonly SemaphoreSlim _changed = new(0, 1);

    /// <summary>Begins to tell a connection; or tells it of other paths.</summary>
    public void Show(FlowStore store, string connectionId, OutlineRequest request)
    {
        lock (_gate)
        {
            _requests[connectionId] = (store, request);
            Wake();
        }
    }

    public void Hide(string connectionId)
    {
        lock (_gate)
        {
            _requests.Remove(connectionId);
            Wake();
        }
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        live.Switched += OnSwitched;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        live.Switched -= OnSwitched;
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _changed.WaitAsync(stoppingToken);
            try
            {
                await Follow(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException and not ObjectDisposedException)
            {
                Log.OutlineFailed(logger, e);
                await Task.WhenAll(Requests().Keys.Select(connection => Send(connection, new OutlineDto([], e.Message), stoppingToken)));
                await Task.Delay(RetryPace, clock, stoppingToken);
                Wake();
            }
        }
    }

    private void OnSwitched(FlowStore before, FlowStore now)
    {
        lock (_gate)
        {
            foreach (var (connection, (_, request)) in _requests.Where(pair => pair.Value.Store == before).ToArray())
            {
                _requests[connection] = (now, request);
            }

            Wake();
        }
    }

    /// <summary>Counts as long as somebody looks.</summary>
    private async Task Follow(CancellationToken cancellationToken)
    {
        var feeds = new Dictionary<FlowStore, OutlineFeed>();
        try
        {
            while (Requests() is { Count: > 0 } requests)
            {
                foreach (var store in feeds.Keys.Where(store => !requests.Values.Any(one => one.Store == store)).ToArray())
                {
                    feeds[store].Dispose();
                    feeds.Remove(store);
                }

                foreach (var group in requests.GroupBy(pair => pair.Value.Store))
                {
                    if (!feeds.TryGetValue(group.Key, out var feed))
                    {
                        feeds.Add(group.Key, feed = new OutlineFeed(group.Key, clock));
                    }

                    var shown = group.ToDictionary(pair => pair.Key, pair => pair.Value.Request.Paths);
                    var messages = await Task.Run(() => feed.Update(shown, cancellationToken), cancellationToken);
                    foreach (var (connection, message) in messages)
                    {
                        await Send(connection, message, cancellationToken);
                    }
                }

                // Who opens a host does not want to wait; counts may.
                await _changed.WaitAsync(Pace, cancellationToken);
            }
        }
        finally
        {
            foreach (var feed in feeds.Values)
            {
                feed.Dispose();
            }
        }
    }

    private Task Send(string connection, OutlineDto message, CancellationToken cancellationToken) =>
        hub.Clients.Client(connection).SendAsync("outline", message, cancellationToken);

    private Dictionary<string, (FlowStore Store, OutlineRequest Request)> Requests()
    {
        lock (_gate)
        {
            return new(_requests);
        }
    }

    private void Wake()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // It wakes already.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The outline of the session could not be counted; it is tried again.")]
        public static partial void OutlineFailed(ILogger logger, Exception exception);
    }
}
