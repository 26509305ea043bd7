using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Upstream;

/// <summary>The server's half of an exchange: the way to send the request, and the response. One implementation per protocol version.</summary>
internal abstract class ServerExchange
{
    /// <summary>The connection that it runs over; null while that is not known.</summary>
    public abstract ServerConnection? Connection { get; }

    /// <summary>Whether an earlier exchange had used the connection.</summary>
    public abstract bool IsReused { get; }

    /// <summary>Whether the server has said that it has not looked at the request, so that it may be sent again whatever it is.</summary>
    public virtual bool WasRefused => false;

    /// <summary>The instants at which the connection came about.</summary>
    public abstract ConnectTimeline? Timeline { get; }

    /// <summary>Bytes that the final response's head took on the wire, once it has been read.</summary>
    public abstract long ResponseHeadWireSize { get; }

    /// <summary>The response's body, once the final head has been read.</summary>
    public abstract BodySource ResponseBody { get; }

    /// <summary>Whether the server has said that it closes the connection after its response.</summary>
    public virtual bool IsClosing => false;

    /// <summary>Sends the request's head, with the next flush.</summary>
    /// <param name="head">The head to send.</param>
    /// <param name="body">The body that will follow.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask SendHeadAsync(RequestHead head, BodySource body, CancellationToken cancellationToken);

    /// <summary>Sends a piece of the body.</summary>
    public abstract ValueTask SendBodyAsync(BodySegment segment, CancellationToken cancellationToken);

    /// <summary>Sends what was handed over.</summary>
    public abstract ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <summary>Ends the request, with its trailers where it had any.</summary>
    public abstract ValueTask CompleteRequestAsync(HeaderList? trailers, CancellationToken cancellationToken);

    /// <summary>The next response head: interim ones first, then the final one.</summary>
    public abstract ValueTask<ResponseHead> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>Whether it runs over HTTP/2.</summary>
    public virtual bool IsHttp2 => false;

    /// <summary>The connection's bytes from here on, after a switch of protocols.</summary>
    public abstract TunnelEnd Upgrade();

    /// <summary>The exchange is over and both messages are complete: the connection may serve another.</summary>
    public abstract void Release();

    /// <summary>The exchange is over, but not complete: the server is told as the protocol does it.</summary>
    /// <param name="code">Why, for a server that speaks HTTP/2.</param>
    public abstract void Abort(Http2ErrorCode code);
}
