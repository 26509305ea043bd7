using Microsoft.AspNetCore.SignalR;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Hubs;

/// <summary>Where clients say what they want to be told.</summary>
internal sealed class FlowsHub(FlowBroadcaster broadcaster, FilterLanguage language) : Hub
{
    /// <summary>Begins to push the changes that match. It replaces an earlier subscription of the connection.</summary>
    /// <exception cref="HubException">The filter cannot be read, or takes too long.</exception>
    public SubscribeAnswer Subscribe(SubscribeRequest request)
    {
        if (request is null)
        {
            throw new HubException("Say what to subscribe to: { filter, since, session }.");
        }

        if (!FlowFilter.TryParse(request.Filter, out var filter, out var error, language: language))
        {
            throw new HubException(error.Message);
        }

        SubscribeAnswer answer;
        try
        {
            answer = broadcaster.Subscribe(Context.ConnectionId, filter, request.Since, request.Session, Context.ConnectionAborted);
        }
        catch (FilterException e)
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

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        broadcaster.Unsubscribe(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}
