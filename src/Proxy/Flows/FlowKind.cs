namespace MitmWeb.Proxy.Flows;

/// <summary>What kind of traffic a flow holds. The numbers are stored in session files: never change one.</summary>
public enum FlowKind
{
    /// <summary>An HTTP exchange: a request and its response.</summary>
    Http = 0,

    /// <summary>An HTTP exchange that became a WebSocket (RFC 6455).</summary>
    WebSocket = 1,

    /// <summary>A connection whose bytes are passed on unread.</summary>
    Tcp = 2,

    /// <summary>A TLS handshake with a client that failed, so that no exchange came of it.</summary>
    Tls = 3,

    /// <summary>A connection that was passed on unread because a rule said so; its bytes are counted and not kept.</summary>
    PassedThrough = 4,
}
