using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Views;
using MitmWeb.Web.Api;

namespace MitmWeb.Web.Hubs;

/// <summary>
/// Gives each commit to the views of all tabs, and tells everybody the state. Each tab has its own pace: nobody holds up the store or
/// anybody else. The view of a tab whose connection broke is kept for a while, so that it can go on.
/// </summary>
internal sealed partial class FlowBroadcaster(
    LiveStore live, IStateSource state, IHubContext<FlowsHub> hub, TimeProvider clock, ILogger<FlowBroadcaster> logger) : BackgroundService
{
    private const int MaxParked = 16;
    private static readonly TimeSpan ParkedFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StatePace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, TabView> _views = new();
    private readonly SemaphoreSlim _stateChanged = new(0, 1);
    private readonly object _gate = new();
    private readonly List<(TabView View, DateTimeOffset Until)> _parked = [];
    private readonly ConcurrentDictionary<FlowStore, bool> _followed = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Makes a connection's view, in the place of the one before; what is in it is sent as it is found.</summary>
    /// <param name="store">The session that the connection looks at.</param>
    /// <param name="connectionId">The connection.</param>
    /// <param name="request">What the tab wants.</param>
    /// <param name="filter">Which flows.</param>
    /// <param name="sort">In which order.</param>
    public OpenAnswer Open(FlowStore store, string connectionId, OpenRequest request, FlowFilter filter, FlowSort sort)
    {
        var reset = request.Session is not null && (request.Session != store.Session.Id || request.Since > store.GetStats().Seq);
        lock (_gate)
        {
            Drop(connectionId);
            if (TakeBack(request.View) is { } before)
            {
                if (!reset && before.Store == store && IsSame(before.View, filter, sort))
                {
                    _views[connectionId] = before;
                    before.Attach(connectionId, request.Window);
                    return new OpenAnswer(store.Session.Id, Resumed: true, Reset: false);
                }

                before.Dispose();
            }

            // It gathers from here on, and looks into the file after, so that nothing falls between.
            Begin(connectionId, new TabView(store, new FlowView(store, filter, sort), request.Window, connectionId, Send, clock, logger));
        }

        return new OpenAnswer(store.Session.Id, Resumed: false, reset);
    }

    /// <summary>The view that the tab had before its connection broke, which nobody may have noticed yet.</summary>
    private TabView? TakeBack(string view)
    {
        var parked = _parked.FindIndex(one => one.View.Id == view);
        if (parked >= 0)
        {
            var (found, _) = _parked[parked];
            _parked.RemoveAt(parked);
            return found;
        }

        foreach (var (connectionId, found) in _views)
        {
            if (found.Id == view)
            {
                _views.TryRemove(connectionId, out _);
                found.Detach();
                return found;
            }
        }

        return null;
    }

    public void Ask(string connectionId, WindowRequest window)
    {
        if (Find(connectionId, window.View) is { } view)
        {
            view.Ask(window);
        }
    }

    /// <summary>Where a flow stands in a connection's view; null when it does not match.</summary>
    public long? Locate(string connectionId, string view, long id) => Find(connectionId, view)?.View.PositionOf(id);

    /// <summary>Which flow stands at a position of a connection's view; null when there is none.</summary>
    public long? At(string connectionId, string view, long position) =>
        Find(connectionId, view)?.View.Range(position, 1) is [var id] ? id : null;

    /// <summary>Ends a connection's view, also one that is still being made.</summary>
    public void Close(string connectionId)
    {
        lock (_gate)
        {
            Drop(connectionId);
        }
    }

    /// <summary>The connection broke, or its tab was closed: which of the two, nobody can tell.</summary>
    public void Park(string connectionId)
    {
        lock (_gate)
        {
            DropOutdated();
            if (_views.TryGetValue(connectionId, out var view) && view.Store == live.Current)
            {
                view.Detach();
                _parked.Add((view, clock.GetUtcNow() + ParkedFor));
                _views.TryRemove(connectionId, out _);
            }

            // A stored session is closed when nobody looks at it.
            Drop(connectionId);

            while (_parked.Count > MaxParked)
            {
                _parked[0].View.Dispose();
                _parked.RemoveAt(0);
            }
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            foreach (var view in _views.Values.Concat(_parked.Select(one => one.View)))
            {
                view.Dispose();
            }
        }

        _stopping.Dispose();
        _stateChanged.Dispose();
        base.Dispose();
    }

    /// <summary>Listens before anybody can ask: what a view has looked up must not be followed by a commit that it does not hear of.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        state.Changed += OnStateChanged;
        live.ProblemChanged += OnStateChanged;
        live.Renamed += OnStateChanged;
        live.Switched += OnSwitched;
        _ = FanOut(live.Current);
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        state.Changed -= OnStateChanged;
        live.ProblemChanged -= OnStateChanged;
        live.Renamed -= OnStateChanged;
        live.Switched -= OnSwitched;
        await _stopping.CancelAsync();
        foreach (var connectionId in _views.Keys)
        {
            Close(connectionId);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await PushState(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>By what the filters say: the same text says something else when a saved filter in it has been changed.</summary>
    private static bool IsSame(FlowView view, FlowFilter filter, FlowSort sort) =>
        view.Filter.Text == filter.Text && view.Filter.Tree.Equals(filter.Tree) && view.Sort.IsSameAs(sort);

    private TabView? Find(string connectionId, string view) =>
        _views.TryGetValue(connectionId, out var found) && found.Id == view ? found : null;

    private Task Send(string connectionId, ViewDto message, CancellationToken cancellationToken) =>
        hub.Clients.Client(connectionId).SendAsync("view", message, cancellationToken);

    private void Drop(string connectionId)
    {
        if (_views.TryRemove(connectionId, out var view))
        {
            view.Dispose();
        }
    }

    private void DropOutdated()
    {
        var now = clock.GetUtcNow();
        foreach (var (view, _) in _parked.Where(one => one.Until < now))
        {
            view.Dispose();
        }

        _parked.RemoveAll(one => one.Until < now);
    }

    private void OnStateChanged()
    {
        // It is called for each flow while recording is off, and an exception costs more than a flow.
        if (_stateChanged.CurrentCount > 0)
        {
            return;
        }

        try
        {
            _stateChanged.Release();
        }
        catch (SemaphoreFullException)
        {
            // One that waits already tells this one too.
        }
    }

    /// <summary>Who looks at what is recorded looks at the new session from now on, and is told that everything is new.</summary>
    private void OnSwitched(FlowStore before, FlowStore now)
    {
        _ = FanOut(now);
        lock (_gate)
        {
            foreach (var (connectionId, view) in _views.Where(pair => pair.Value.Store == before).ToArray())
            {
                view.Dispose();
                var other = new FlowView(now, view.View.Filter, view.View.Sort);
                Begin(connectionId, new TabView(now, other, view.Window, connectionId, Send, clock, logger) { BeginsAnew = true });
            }

            foreach (var (view, _) in _parked)
            {
                view.Dispose();
            }

            _parked.Clear();
        }

        OnStateChanged();
    }

    private void Begin(string connectionId, TabView view)
    {
        _views[connectionId] = view;
        _ = Task.Run(view.Run);
    }

    /// <summary>Hands on what changes in one session until it is closed. Also when it is no longer recorded: flows may still run in it.</summary>
    private async Task FanOut(FlowStore store)
    {
        if (!_followed.TryAdd(store, true))
        {
            return;
        }

        using var commits = store.Subscribe();
        try
        {
            while (await commits.Read(_stopping.Token) is { } changes)
            {
                OnStateChanged();
                lock (_gate)
                {
                    DropOutdated();
                    foreach (var view in _views.Values.Concat(_parked.Select(one => one.View)).Where(view => view.Store == store))
                    {
                        view.Add(changes);
                    }
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The host stops.
        }
        finally
        {
            _followed.TryRemove(store, out _);
        }
    }

    /// <summary>Tells the state at once when it begins to change, then once a second while it goes on changing, and once more after the last change.</summary>
    private async Task PushState(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _stateChanged.WaitAsync(cancellationToken);
            await Task.Delay(Pace, clock, cancellationToken);
            try
            {
                await hub.Clients.All.SendAsync("state", state.Current, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The next change tells it again; a dashboard that was not told must not stop the proxy.
                Log.StateFailed(logger, e);
            }

            await Task.Delay(StatePace, clock, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The state could not be sent to the dashboards.")]
        public static partial void StateFailed(ILogger logger, Exception exception);
    }
}
