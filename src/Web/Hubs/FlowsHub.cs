using Microsoft.AspNetCore.SignalR;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Api;

namespace MitmWeb.Web.Hubs;

/// <summary>Where tabs say what they show, and so what they want to be told. No method waits for a search. A connection looks at the session that is
/// recorded, or at the one that its address names (<c>?session=</c>), which stays open for as long.</summary>
internal sealed class FlowsHub(FlowBroadcaster broadcaster, OutlineBroadcaster outline, OpenSessions sessions, FilterLanguage language) : Hub
{
    /// <summary>Makes the tab's view, in the place of the one before, whose search ends.</summary>
    /// <exception cref="HubException">The filter or the order cannot be read.</exception>
    public OpenAnswer Open(OpenRequest request)
    {
        if (request is not { View: not null, Window: not null } || request.Window.View != request.View)
        {
            throw new HubException("Say what to open: { view, filter, sort, window: { view, number, start, count, follow, anchor, anchorAt, watched }, since, session }.");
        }

        // What cannot be read takes the place of the view before as well: nothing may come for it any more.
        broadcaster.Close(Context.ConnectionId);
        if (!FlowFilter.TryParse(request.Filter, out var filter, out var error, language: language))
        {
            throw new HubException(error.Message);
        }

        if (!FlowSort.TryParse(request.Sort, out var sort))
        {
            throw new HubException($"“{request.Sort}” is not a column to sort by; there are {string.Join(", ", FlowSort.Names)}.");
        }

        OpenAnswer answer;
        try
        {
            answer = broadcaster.Open(Store(renew: true), Context.ConnectionId, request, filter, sort);
        }
        catch (Exception e) when (e is SessionFileException or IOException)
        {
            throw new HubException(e.Message);
        }

        if (Context.ConnectionAborted.IsCancellationRequested)
        {
            // It went meanwhile, and its end may have been reported before there was anything to take back.
            broadcaster.Close(Context.ConnectionId);
        }

        return answer;
    }

    /// <summary>Says which rows the tab wants to hold now; they come as a message.</summary>
    public void Look(WindowRequest window)
    {
        if (window is { View: not null })
        {
            broadcaster.Ask(Context.ConnectionId, window);
        }
    }

    /// <summary>Where a flow stands in the tab's view; null when it does not match, or is still being looked for.</summary>
    public long? Locate(string view, long id) => broadcaster.Locate(Context.ConnectionId, view, id);

    /// <summary>Which flow stands at a position of the tab's view; null when there is none.</summary>
    public long? At(string view, long position) => position < 0 ? null : broadcaster.At(Context.ConnectionId, view, position);

    /// <summary>Begins to tell the tab how many flows there are of each host, path, client and media type; null ends it.</summary>
    public void Outline(OutlineRequest? request)
    {
        if (request is { Paths: not null })
        {
            try
            {
                outline.Show(Store(renew: false), Context.ConnectionId, request);
            }
            catch (SessionFileException e)
            {
                throw new HubException(e.Message);
            }
        }
        else
        {
            outline.Hide(Context.ConnectionId);
        }

        if (Context.ConnectionAborted.IsCancellationRequested)
        {
            outline.Hide(Context.ConnectionId);
        }
    }

    /// <summary>Ends the tab's view, and the search for what is in it.</summary>
    public void Close() => broadcaster.Close(Context.ConnectionId);

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        broadcaster.Park(Context.ConnectionId);
        outline.Hide(Context.ConnectionId);
        Held?.Dispose();
        return base.OnDisconnectedAsync(exception);
    }

    private SessionLease? Held => Context.Items.TryGetValue(typeof(SessionLease), out var held) ? held as SessionLease : null;

    /// <summary>The session that this connection looks at.</summary>
    /// <param name="renew">Whether a stored session is opened again when it was open, because it may have been replaced.</param>
    /// <exception cref="SessionFileException">It cannot be read.</exception>
    private FlowStore Store(bool renew)
    {
        var name = Context.GetHttpContext()?.Request.Query[RequestedSession.Parameter].ToString();
        if (string.IsNullOrEmpty(name))
        {
            return sessions.Live.Current;
        }

        if (Held is { } held)
        {
            if (!renew)
            {
                return held.Store;
            }

            outline.Hide(Context.ConnectionId);
            Context.Items.Remove(typeof(SessionLease));
            held.Dispose();
        }

        var lease = sessions.Look(name);
        Context.Items[typeof(SessionLease)] = lease;
        return lease.Store;
    }
}
