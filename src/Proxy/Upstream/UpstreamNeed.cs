namespace MitmWeb.Proxy.Upstream;

/// <summary>What an exchange needs of the connection to the server.</summary>
/// <param name="Http2">Whether it may go over HTTP/2.</param>
/// <param name="ConnectProtocol">Whether HTTP/2 carries it as an extended CONNECT (RFC 8441), which a server must have allowed.</param>
internal readonly record struct UpstreamNeed(Http2Use Http2, bool ConnectProtocol);
