using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http;

/// <summary>What the engine knows of an HTTP/2 client connection; travels with it through Kestrel as a connection feature.</summary>
internal sealed class Http2Peer(ClientConnection connection, Destination destination, UpstreamException? known)
{
    private UpstreamException? _known = known;

    public ClientConnection Connection => connection;

    public Destination Destination => destination;

    /// <summary>The failure to reach the server that is known already, for the first request.</summary>
    public UpstreamException? TakeKnown() => Interlocked.Exchange(ref _known, null);
}
