using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Views;

namespace MitmWeb.Web.Hubs;

/// <summary>
/// Keeps the session's outline while tabs show it, and tells each tab what has changed in its part. It is of the whole session, whatever a tab
/// filters by: otherwise a click on a host would leave nothing else to click on. So all tabs share one.
/// </summary>
internal sealed partial class OutlineBroadcaster(FlowStore store, IHubContext<FlowsHub> hub, TimeProvider clock, ILogger<OutlineBroadcaster> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    /// <summary>Counting all flows anew takes at most this part of the time.</summary>
    private const int LoadShare = 10;

    private readonly object _gate = new();
    private readonly Dictionary<string, OutlineRequest> _requests = [];
    private readonly SemaphoreSlim _changed = new(0, 1);

    /// <summary>Begins to tell a connection; or tells it of other paths.</summary>
    public void Show(string connectionId, OutlineRequest request)
    {
        lock (_gate)
        {
            _requests[connectionId] = request;
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
                await Task.Delay(Pace * LoadShare, clock, stoppingToken);
                Wake();
            }
        }
    }

    /// <summary>Counts as long as somebody looks.</summary>
    private async Task Follow(CancellationToken cancellationToken)
    {
        if (Requests().Count == 0)
        {
            return;
        }

        var tabs = new Dictionary<string, OutlineTab>();
        using var commits = store.Subscribe();
        var outline = new SessionOutline(store);
        var loadAt = clock.GetTimestamp();
        var isLoaded = false;
        while (Requests() is { Count: > 0 } requests)
        {
            Update(tabs, requests);
            if ((!isLoaded || outline.IsOutdated) && clock.GetTimestamp() >= loadAt)
            {
                var start = clock.GetTimestamp();
                await Task.Run(() => outline.Load(cancellationToken), cancellationToken);
                var end = clock.GetTimestamp();
                (isLoaded, loadAt) = (true, end + ((end - start) * LoadShare));
            }

            while (commits.TryRead() is { } changes)
            {
                outline.Apply(changes);
            }

            outline.Keep(tabs.Values.SelectMany(tab => tab.Paths).Select(OutlineTab.Split).ToHashSet());
            foreach (var (connection, tab) in tabs)
            {
                var message = await Task.Run(() => tab.Changes(outline, cancellationToken), cancellationToken);
                if (message is not null)
                {
                    await Send(connection, message, cancellationToken);
                }
            }

            // Who opens a host does not want to wait; counts may.
            await _changed.WaitAsync(Pace, cancellationToken);
        }
    }

    private Task Send(string connection, OutlineDto message, CancellationToken cancellationToken) =>
        hub.Clients.Client(connection).SendAsync("outline", message, cancellationToken);

    private static void Update(Dictionary<string, OutlineTab> tabs, Dictionary<string, OutlineRequest> requests)
    {
        foreach (var connection in tabs.Keys.Where(connection => !requests.ContainsKey(connection)).ToArray())
        {
            tabs.Remove(connection);
        }

        foreach (var (connection, request) in requests)
        {
            tabs.TryAdd(connection, new OutlineTab());
            tabs[connection].Show(request.Paths);
        }
    }

    private Dictionary<string, OutlineRequest> Requests()
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
