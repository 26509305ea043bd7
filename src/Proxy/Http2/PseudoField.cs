namespace MitmWeb.Proxy.Http2;

/// <summary>A pseudo-header field of a request (RFC 9113, section 8.3.1, and RFC 8441, section 4).</summary>
internal enum PseudoField
{
    None = 0,
    Method = 1,
    Scheme = 2,
    Authority = 3,
    Path = 4,
    Protocol = 5,
}
