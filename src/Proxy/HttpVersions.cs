namespace MitmWeb.Proxy;

/// <summary>Which versions of HTTP one side of the proxy speaks.</summary>
public enum HttpVersions
{
    /// <summary>HTTP/1.x and HTTP/2, whichever the other end wants.</summary>
    Both = 0,

    /// <summary>HTTP/1.x alone.</summary>
    Http1,

    /// <summary>HTTP/2 alone (RFC 9113).</summary>
    Http2,
}
