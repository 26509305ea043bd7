namespace MitmWeb.Proxy.Upstream;

/// <summary>How an exchange is to go to a server that speaks both HTTP/1.1 and HTTP/2.</summary>
internal enum Http2Use
{
    /// <summary>Over HTTP/1.1, as the client speaks it; over HTTP/2 only where the server speaks nothing else.</summary>
    Avoided,

    /// <summary>Over HTTP/2, as the client speaks it, where the server speaks it.</summary>
    Preferred,

    /// <summary>Over HTTP/2 or not at all: HTTP/1.1 has nothing of the kind.</summary>
    Required,
}
