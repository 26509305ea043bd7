using System.Net;

namespace MitmWeb.Proxy.Flows;

/// <summary>A client's connection to the proxy. Its members are set once each, before the first flow that uses them is recorded.</summary>
public sealed class ClientConnection
{
    /// <summary>Unique within the session; client and server connections count together.</summary>
    public required long Id { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>The client's address and port.</summary>
    public required IPEndPoint RemoteEndPoint { get; init; }

    /// <summary>The address and port it connected to.</summary>
    public required IPEndPoint LocalEndPoint { get; init; }

    /// <summary>The way in that accepted it, as a mode spec: <c>regular</c>.</summary>
    public string Mode { get; init; } = "regular";

    /// <summary>How long the TLS handshake took, in microseconds.</summary>
    public long? TlsDuration { get; set; }

    /// <summary>The TLS connection that MitmWeb ended here, or null for plain text.</summary>
    public TlsDetails? Tls { get; set; }
}
