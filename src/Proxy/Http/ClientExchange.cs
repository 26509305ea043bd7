using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http;

/// <summary>The client's half of an exchange: its request, and the way to answer it. One implementation per protocol version.</summary>
internal abstract class ClientExchange
{
    /// <summary>The request's head as the client sent it.</summary>
    public abstract RequestHead Request { get; }

    /// <summary>Bytes that the request's head took on the wire.</summary>
    public abstract long RequestHeadWireSize { get; }

    /// <summary>The head to send to the server: the client's own, in origin-form and without what was meant for the proxy alone.</summary>
    public abstract RequestHead Outgoing { get; }

    /// <summary>The head to send to a server that is spoken to in HTTP/2, where that is another one.</summary>
    public virtual RequestHead OutgoingHttp2 => Outgoing;

    /// <summary>What it needs of the connection to the server.</summary>
    public abstract UpstreamNeed Need { get; }

    /// <summary>The request's body.</summary>
    public abstract BodySource RequestBody { get; }

    /// <summary>The server connections that belong to the client's own; null where its protocol has no such thing.</summary>
    public virtual ClientAffinity? Affinity => null;

    /// <summary>Cancelled when the client is gone.</summary>
    public abstract CancellationToken Gone { get; }

    /// <summary>Why it is gone, if it is and has said so; for a server that speaks HTTP/2.</summary>
    public virtual Http2ErrorCode GoneCode => Http2ErrorCode.Cancel;

    /// <summary>Whether the client can be told that the server has reset the stream, and with which code, instead of getting an error page.</summary>
    public virtual bool TellsResets => false;

    /// <summary>Whether the response's head has been handed over: from then on an error can only be shown by breaking off.</summary>
    public bool HasStarted { get; protected set; }

    /// <summary>The request is complete: from now on the client's leaving is noticed although nothing is expected from it.</summary>
    public virtual void WatchForLeaving()
    {
    }

    /// <summary>A piece of the request's body waits for the server to take it: the client's leaving is noticed although nobody reads.</summary>
    public virtual void BeginSending()
    {
    }

    /// <summary>The piece has been taken.</summary>
    public virtual void EndSending()
    {
    }

    /// <summary>Passes an interim response on and sends it at once.</summary>
    public abstract ValueTask WriteInterimAsync(ResponseHead head, CancellationToken cancellationToken);

    /// <summary>Passes the final response's head on; it is sent with the next flush.</summary>
    /// <param name="head">The head as the server sent it.</param>
    /// <param name="body">The body that will follow.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask WriteHeadAsync(ResponseHead head, BodySource body, CancellationToken cancellationToken);

    /// <summary>Passes a piece of the body on.</summary>
    public abstract ValueTask WriteBodyAsync(BodySegment segment, CancellationToken cancellationToken);

    /// <summary>Sends what was handed over.</summary>
    public abstract ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <summary>Ends the response, with its trailers where it had any.</summary>
    public abstract ValueTask CompleteAsync(HeaderList? trailers, CancellationToken cancellationToken);

    /// <summary>Switches to the protocol that the response (101, or 200 to an extended CONNECT) agreed on.</summary>
    /// <returns>The client's bytes from here on.</returns>
    public abstract ValueTask<TunnelEnd> UpgradeAsync(ResponseHead head, CancellationToken cancellationToken);

    /// <summary>Breaks the response off in the way in which the protocol tells the client that it is not complete.</summary>
    /// <param name="code">Why, for a client that speaks HTTP/2.</param>
    public abstract void Abort(Http2ErrorCode code);
}
