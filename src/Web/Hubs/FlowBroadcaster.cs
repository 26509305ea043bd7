using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Api;

namespace MitmWeb.Web.Hubs;

/// <summary>
/// Tells every subscribed client what has changed. Each client has its own pace: what comes while it is being told gathers, each flow
/// once, and a client that falls too far behind is told to load anew. Nobody holds up the store or anybody else.
/// </summary>
internal sealed partial class FlowBroadcaster(
    LiveStore live, IStateSource state, IHubContext<FlowsHub> hub, TimeProvider clock, ILogger<FlowBroadcaster> logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StatePace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Subscriber> _subscribers = new();
    private readonly ConcurrentDictionary<FlowStore, bool> _followed = new();
    private readonly SemaphoreSlim _stateChanged = new(0, 1);
    private CancellationToken _stopping;

    /// <summary>Replaces a connection's subscription.</summary>
    /// <param name="store">The session that the connection looks at.</param>
    /// <param name="connectionId">The connection.</param>
    /// <param name="filter">Which flows.</param>
    /// <param name="since">The greatest change that the client has seen.</param>
    /// <param name="session">The session of that change.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="FilterException">The filter's regular expression takes too long.</exception>
    public SubscribeAnswer Subscribe(FlowStore store, string connectionId, FlowFilter filter, long? since, string? session, CancellationToken cancellationToken)
    {
        // It gathers from here on; what the file holds by then is counted after, so that nothing falls between.
        var subscriber = new Subscriber(store, filter);
        _subscribers[connectionId] = subscriber;
        var missed = since is { } seen && session == store.Session.Id ? store.ChangesSince(seen, filter, cancellationToken) : null;
        var count = store.CountRunning(filter, cancellationToken);
        var (total, seq) = (count.Total, count.Seq);
        subscriber.EndCount(count);
        var reset = since is not null && missed is not { Reset: false };
        var answer = new SubscribeAnswer(store.Session.Id, seq, total, reset);

        // What came between the two readings is part of neither: "missed" decides from where on changes are pushed.
        if (subscriber.Start(reset ? null : missed, reset || missed is null ? seq : missed.Seq))
        {
            _ = Push(connectionId, subscriber);
        }

        return answer;
    }

    public void Unsubscribe(string connectionId) => _subscribers.TryRemove(connectionId, out _);

    public override void Dispose()
    {
        _stateChanged.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        state.Changed += OnStateChanged;
        live.ProblemChanged += OnStateChanged;
        live.Switched += OnSwitched;
        try
        {
            await Task.WhenAll(FanOut(live.Current, stoppingToken), PushState(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            state.Changed -= OnStateChanged;
            live.ProblemChanged -= OnStateChanged;
            live.Switched -= OnSwitched;
        }
    }

    /// <summary>Who looks at what is recorded looks at the new session from now on, and is told to load anew.</summary>
    private void OnSwitched(FlowStore before, FlowStore now)
    {
        _ = FanOut(now, _stopping);
        foreach (var (connectionId, subscriber) in _subscribers)
        {
            var next = new Subscriber(now, subscriber.Filter);
            if (subscriber.Store == before && _subscribers.TryUpdate(connectionId, next, subscriber) && next.StartAnew())
            {
                _ = Push(connectionId, next);
            }
        }

        OnStateChanged();
    }

    private void OnStateChanged()
    {
        try
        {
            _stateChanged.Release();
        }
        catch (SemaphoreFullException)
        {
            // One that waits already tells this one too.
        }
    }

    /// <summary>Hands on what changes in one session until it is closed. Also when it is no longer recorded: flows may still run in it.</summary>
    private async Task FanOut(FlowStore store, CancellationToken cancellationToken)
    {
        if (!_followed.TryAdd(store, true))
        {
            return;
        }

        using var subscription = store.Subscribe();
        try
        {
            while (await subscription.Read(cancellationToken) is { } changes)
            {
                OnStateChanged();
                foreach (var (connectionId, subscriber) in _subscribers)
                {
                    if (subscriber.Store == store && subscriber.Add(changes))
                    {
                        _ = Push(connectionId, subscriber);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            _followed.TryRemove(store, out _);
        }
    }

    /// <summary>Sends what has gathered until nothing has. One such loop runs for a subscriber at a time.</summary>
    private async Task Push(string connectionId, Subscriber subscriber)
    {
        try
        {
            do
            {
                await Task.Delay(Pace, clock, _stopping);
                if (subscriber.MustCount)
                {
                    subscriber.BeginCount();
                    subscriber.EndCount(subscriber.Store.CountRunning(subscriber.Filter, _stopping));
                }

                if (subscriber.TakeUndecided() is { Length: > 0 } ids)
                {
                    subscriber.Decide(subscriber.Store.Matching(subscriber.Filter, ids, _stopping));
                }
            }
            while (_subscribers.TryGetValue(connectionId, out var current)
                && current == subscriber
                && await Send(connectionId, subscriber));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The host stops.
        }
        catch (FilterException e)
        {
            // It would take too long each time: the client is told to load anew, and is told the reason when it does.
            Log.FilterFailed(logger, e.Message);
            if (_subscribers.TryRemove(KeyValuePair.Create(connectionId, subscriber)))
            {
                subscriber.Fail();
                await Send(connectionId, subscriber);
            }
        }
        catch (Exception e)
        {
            // What was lost cannot be told again: with the next change the client is told to load anew.
            Log.PushFailed(logger, e, connectionId);
            subscriber.Fail();
        }
    }

    private async Task<bool> Send(string connectionId, Subscriber subscriber)
    {
        if (subscriber.Take() is not { } message)
        {
            return false;
        }

        await hub.Clients.Client(connectionId).SendAsync("changes", message, _stopping);
        return true;
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
        [LoggerMessage(1, LogLevel.Warning, "The changes could not be sent to the dashboard {Connection}.")]
        public static partial void PushFailed(ILogger logger, Exception exception, string connection);

        [LoggerMessage(3, LogLevel.Warning, "A dashboard's filter was switched off: {Reason}")]
        public static partial void FilterFailed(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "The state could not be sent to the dashboards.")]
        public static partial void StateFailed(ILogger logger, Exception exception);
    }
}
