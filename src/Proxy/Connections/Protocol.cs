namespace MitmWeb.Proxy.Connections;

/// <summary>What the first bytes of a connection say it is.</summary>
internal enum Protocol
{
    /// <summary>That cannot be told yet.</summary>
    NeedMore,

    /// <summary>HTTP/1.0 or 1.1.</summary>
    Http1,

    /// <summary>HTTP/2 with prior knowledge (RFC 9113, section 3.3).</summary>
    Http2,

    /// <summary>TLS.</summary>
    Tls,

    /// <summary>Something else.</summary>
    Unknown,
}
