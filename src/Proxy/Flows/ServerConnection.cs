using System.Net;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Proxy.Flows;

/// <summary>A connection from the proxy to a server. Its members do not change once a flow has been sent over it.</summary>
public sealed class ServerConnection
{
    /// <summary>Unique within the session; client and server connections count together.</summary>
    public required long Id { get; init; }

    /// <summary>The name or address that was asked for.</summary>
    public required string Host { get; init; }

    /// <summary>The port that was asked for.</summary>
    public required int Port { get; init; }

    /// <summary>When connecting began.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>The address that was reached, or null when none was.</summary>
    public IPEndPoint? RemoteEndPoint { get; set; }

    /// <summary>The proxy's own end, or null.</summary>
    public IPEndPoint? LocalEndPoint { get; set; }

    /// <summary>The addresses that the name look-up gave.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; set; } = [];

    /// <summary>How long the name look-up took, in microseconds; null when the host was an address.</summary>
    public long? DnsDuration { get; set; }

    /// <summary>How long the TCP connect took, in microseconds.</summary>
    public long? ConnectDuration { get; set; }

    /// <summary>How long the TLS handshake took, in microseconds.</summary>
    public long? TlsDuration { get; set; }

    /// <summary>The TLS connection to the server, or null for plain text.</summary>
    public TlsDetails? Tls { get; set; }

    /// <summary>Whom the server's certificate is for, whether it is trusted or not; null without one. It is not stored.</summary>
    internal LeafSubject? Subject { get; set; }
}
