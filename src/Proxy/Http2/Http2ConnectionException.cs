namespace MitmWeb.Proxy.Http2;

/// <summary>A connection broke the protocol or ended: nothing more can come over it. The message is a sentence for people.</summary>
internal sealed class Http2ConnectionException(Http2ErrorCode code, string message, Exception? inner = null) : IOException(message, inner)
{
    public Http2ErrorCode Code => code;
}
