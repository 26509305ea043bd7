namespace MitmWeb.Proxy.Flows;

/// <summary>When each phase of an exchange happened, in microseconds after <see cref="Flow.StartedAt"/>; null where it has not (yet)
/// or where there was none (a reused connection needs no DNS, connect or TLS; a connection opened ahead may have negative ones).</summary>
public sealed class FlowTimings
{
    /// <summary>The name look-up began.</summary>
    public long? DnsStart { get; set; }

    /// <summary>The name look-up ended and the TCP connect began.</summary>
    public long? ConnectStart { get; set; }

    /// <summary>The TCP connection stood.</summary>
    public long? ConnectEnd { get; set; }

    /// <summary>The TLS handshake with the server began.</summary>
    public long? TlsStart { get; set; }

    /// <summary>The TLS handshake with the server was complete.</summary>
    public long? TlsEnd { get; set; }

    /// <summary>The first byte of the request was handed to the server's connection.</summary>
    public long? SendStart { get; set; }

    /// <summary>The last byte of the request was handed to the server's connection.</summary>
    public long? SendEnd { get; set; }

    /// <summary>The response's (final) head had arrived.</summary>
    public long? FirstByte { get; set; }

    /// <summary>The last byte of the response had been handed to the client.</summary>
    public long? End { get; set; }
}
