using Microsoft.AspNetCore.SignalR;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Api;

namespace MitmWeb.Web.Hubs;

/// <summary>Where clients say what they want to be told. A connection looks at the session that is recorded, or at the one that its address names
/// (<c>?session=</c>), which stays open for as long.</summary>
internal sealed class FlowsHub(FlowBroadcaster broadcaster, OpenSessions sessions) : Hub
{
    /// <summary>Begins to push the changes that match. It replaces an earlier subscription of the connection.</summary>
    /// <exception cref="HubException">The filter cannot be read, or takes too long.</exception>
    public SubscribeAnswer Subscribe(SubscribeRequest request)
    {
        if (request is null)
        {
            throw new HubException("Say what to subscribe to: { filter, since, session }.");
        }

        if (!FlowFilter.TryParse(request.Filter, out var filter, out var error))
        {
            throw new HubException(error.Message);
        }

        SubscribeAnswer answer;
        try
        {
            answer = broadcaster.Subscribe(Store, Context.ConnectionId, filter, request.Since, request.Session, Context.ConnectionAborted);
        }
        catch (Exception e) when (e is FilterException or SessionFileException)
        {
            broadcaster.Unsubscribe(Context.ConnectionId);
            throw new HubException(e.Message);
        }

        if (Context.ConnectionAborted.IsCancellationRequested)
        {
            // It went while it subscribed, and its end may have been reported before there was anything to take back.
            broadcaster.Unsubscribe(Context.ConnectionId);
        }

        return answer;
    }

    /// <summary>The session that this connection looks at.</summary>
    /// <exception cref="SessionFileException">It cannot be read.</exception>
    private FlowStore Store
    {
        get
        {
            var name = Context.GetHttpContext()?.Request.Query[RequestedSession.Parameter].ToString();
            if (string.IsNullOrEmpty(name))
            {
                return sessions.Live.Current;
            }

            if (Context.Items.TryGetValue(typeof(SessionLease), out var held))
            {
                (held as SessionLease)?.Dispose();
            }

            var lease = sessions.Look(name);
            Context.Items[typeof(SessionLease)] = lease;
            return lease.Store;
        }
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        broadcaster.Unsubscribe(Context.ConnectionId);
        if (Context.Items.TryGetValue(typeof(SessionLease), out var held))
        {
            (held as SessionLease)?.Dispose();
        }

        return base.OnDisconnectedAsync(exception);
    }
}
