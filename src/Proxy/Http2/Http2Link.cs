using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Http2;

/// <summary>A client's tunnel in a stream of its HTTP/2 connection (RFC 9113, section 8.5).</summary>
internal sealed class Http2Link(Http2Stream stream, Http2TunnelStream bytes) : ClientLink
{
    /// <summary>CONNECT_ERROR is what such a tunnel has instead of a TCP reset.</summary>
    public override void Reset() => stream.Reset(Http2ErrorCode.ConnectError);

    public override ValueTask EndSendingAsync() => bytes.EndSendingAsync();

    /// <summary>The stream is given back by who serves it.</summary>
    public override void Dispose()
    {
    }
}
