using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <summary>
/// One stream of a connection (RFC 9113, section 5): what its user calls, and what the connection knows of it. Everything that is not
/// a method is guarded by the connection's lock. One reader and one writer may use it at the same time.
/// </summary>
internal sealed class Http2Stream
{
    private readonly Http2Connection _connection;
    private readonly CancellationTokenSource? _gone;

    internal Http2Stream(Http2Connection connection, int id, long sendWindow, bool isServer)
    {
        _connection = connection;
        Id = id;
        SendWindow = sendWindow;
        _gone = isServer ? new CancellationTokenSource() : null;
    }

    /// <summary>Its number; 0 while the request has not been sent.</summary>
    public int Id { get; internal set; }

    /// <summary>Cancelled when the client has reset the stream or its connection has ended (server role only).</summary>
    public CancellationToken Gone => _gone?.Token ?? CancellationToken.None;

    /// <summary>Why the stream broke off; null while it has not.</summary>
    public Exception? Failure { get; internal set; }

    /// <summary>Whether the server has said that it has not looked at the request (RFC 9113, section 6.8).</summary>
    public bool IsRefused { get; internal set; }

    /// <summary>Whether the peer has ended its side.</summary>
    public bool IsRemoteEnded { get; internal set; }

    /// <summary>Whether this side has been ended.</summary>
    public bool IsLocalEnded { get; internal set; }

    /// <summary>Bytes of the frames that brought the head of the peer's message (the final one): HEADERS and CONTINUATION, frame headers included.</summary>
    public long HeadWireSize { get; internal set; }

    /// <summary>Bytes of the frames that have brought its body and trailers, padding included.</summary>
    public long BodyWireSize { get; internal set; }

    /// <summary>The peer's trailers.</summary>
    public HeaderList? Trailers { get; internal set; }

    internal Http2Inbox Inbox { get; } = new();

    internal AsyncSignal Received { get; } = new();

    internal AsyncSignal Sent { get; } = new();

    /// <summary>How much may be sent.</summary>
    internal long SendWindow { get; set; }

    /// <summary>How much the peer may still send.</summary>
    internal int ReceiveWindow { get; set; } = Http2Connection.StreamWindow;

    /// <summary>How much of it has been taken and not yet been given back.</summary>
    internal int Unreturned { get; set; }

    /// <summary>Heads that have come and have not been read (client role).</summary>
    internal Queue<ResponseHead> Heads { get; } = new();

    internal bool HasFinalHead { get; set; }

    /// <summary>The request's method (client role): a response to HEAD has no content.</summary>
    internal string Method { get; set; } = "";

    /// <summary>The content-length that was announced; -1 for none.</summary>
    internal long ExpectedLength { get; set; } = -1;

    internal long ReceivedLength { get; set; }

    /// <summary>Whether it is still counted among the connection's streams.</summary>
    internal bool IsOpen { get; set; }

    /// <summary>What its writer waits to get rid of.</summary>
    internal ReadOnlyMemory<byte> Pending { get; set; }

    internal bool HasPending { get; set; }

    internal bool IsPendingLast { get; set; }

    /// <summary>Whether it stands in the queue of those that may send.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Whether the peer's message ended with its head, so that there is no body.</summary>
    public bool EndedWithHead { get; internal set; }

    /// <summary>Sends a request's head; the stream gets its number. <paramref name="protocol"/> is what a CONNECT of HTTP/1.1 begins.</summary>
    public void SendRequest(RequestHead head, string scheme, string authority, bool isLast, string? protocol = null) =>
        _connection.SendRequest(this, head, scheme, authority, isLast, protocol);

    /// <summary>Sends a response's head, final or interim.</summary>
    public void SendResponse(ResponseHead head, bool isLast) => _connection.SendResponse(this, head, isLast);

    /// <summary>Sends trailers, which end this side.</summary>
    public void SendTrailers(HeaderList trailers) => _connection.SendTrailers(this, trailers);

    /// <summary>Sends content; completes when the connection has copied all of it, which may wait for the peer's windows.</summary>
    public ValueTask SendDataAsync(ReadOnlyMemory<byte> data, bool isLast) => _connection.SendDataAsync(this, data, isLast);

    /// <summary>Sends what has been handed over so far.</summary>
    public void Flush() => _connection.Flush();

    /// <summary>The next response head (client role).</summary>
    public ValueTask<ResponseHead> ReadHeadAsync(CancellationToken cancellationToken) => _connection.ReadHeadAsync(this, cancellationToken);

    /// <summary>The next piece of content; the one before is let go of, and its window given back to the peer.</summary>
    public ValueTask<BodySegment> ReadDataAsync(CancellationToken cancellationToken) => _connection.ReadDataAsync(this, cancellationToken);

    /// <summary>Whether more can be read at once.</summary>
    public bool HasBuffered => _connection.HasBuffered(this);

    /// <summary>Ends the stream at once in both directions (RFC 9113, section 6.4); does nothing when it is over.</summary>
    public void Reset(Http2ErrorCode code) => _connection.Reset(this, code);

    /// <summary>Its user is done with it: gives back what was not read, and resets it where a side has not ended.</summary>
    public void Release() => _connection.Release(this);

    internal void MarkGone() => _gone?.Cancel();
}
