namespace MitmWeb.Proxy.Http;

/// <summary>How the end of an HTTP/1.1 message's body is known (RFC 9112, section 6.3).</summary>
internal enum BodyKind
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>Content-Length says how long it is.</summary>
    Length,

    /// <summary>It is chunked.</summary>
    Chunked,

    /// <summary>It goes on until the connection is closed (responses only).</summary>
    UntilClose,
}
