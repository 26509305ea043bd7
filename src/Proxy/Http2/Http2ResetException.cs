namespace MitmWeb.Proxy.Http2;

/// <summary>A single stream was ended before it was complete (RFC 9113, section 5.4.2).</summary>
internal sealed class Http2ResetException(Http2ErrorCode code, bool isByPeer, string message) : IOException(message)
{
    public Http2ErrorCode Code => code;

    /// <summary>Whether the other side sent RST_STREAM; otherwise this side did.</summary>
    public bool IsByPeer => isByPeer;

    public static Http2ResetException ByPeer(Http2ErrorCode code) =>
        new(code, true, $"The HTTP/2 stream was reset (error code {Http2ErrorNames.Describe(code)}).");

    /// <summary>The reset that an exception tells of, however deep it lies.</summary>
    public static Http2ResetException? Within(Exception? exception)
    {
        for (var one = exception; one is not null; one = one.InnerException)
        {
            if (one is Http2ResetException reset)
            {
                return reset;
            }
        }

        return null;
    }
}
