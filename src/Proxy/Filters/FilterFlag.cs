namespace MitmWeb.Proxy.Filters;

/// <summary>What a flow can be. What each means, and how it is written, stands in <see cref="FilterOperators"/>.</summary>
public enum FilterFlag
{
    Http,
    Tcp,
    Udp,
    Dns,
    WebSocket,
    ServerSentEvents,
    Grpc,
    Tls,
    PassedThrough,
    Pending,
    Done,
    Running,
    Error,
    Asset,
    Marked,
    Replayed,
    ReplayedRequest,
    ReplayedResponse,
    Held,
    Modified,
    Pinned,
    Imported,
}
