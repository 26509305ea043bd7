using System.Security.Cryptography;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <summary>An exchange with a client that speaks HTTP/2. What an HTTP/2 server answers is passed on field by field.</summary>
internal sealed class Http2ClientExchange : ClientExchange
{
    private readonly Http2Stream _stream;
    private readonly bool _isWebSocket;
    private BodySource? _response;
    private long _left = long.MaxValue;

    public Http2ClientExchange(Http2Stream stream, RequestHead request)
    {
        _stream = stream;
        Request = request;
        _isWebSocket = request.Method == "CONNECT" && request.Headers.Find(":protocol"u8) == "websocket";
        Outgoing = _isWebSocket ? ToUpgrade(request) : request;
        RequestBody = _isWebSocket || stream.EndedWithHead ? BodySource.None : new Http2Body(stream, stream.ExpectedLength);
    }

    public override RequestHead Request { get; }

    public override long RequestHeadWireSize => _stream.HeadWireSize;

    public override RequestHead Outgoing { get; }

    public override BodySource RequestBody { get; }

    public override bool MayUseHttp2 => !_isWebSocket;

    public override bool TellsResets => true;

    public override CancellationToken Gone => _stream.Gone;

    public override Http2ErrorCode GoneCode => (_stream.Failure as Http2ResetException)?.Code ?? Http2ErrorCode.Cancel;

    public override ValueTask WriteInterimAsync(ResponseHead head, CancellationToken cancellationToken)
    {
        try
        {
            _stream.SendResponse(head, isLast: false);
        }
        catch (IOException exception)
        {
            throw new ClientGoneException(exception);
        }

        return FlushAsync(cancellationToken);
    }

    public override ValueTask WriteHeadAsync(ResponseHead head, BodySource body, CancellationToken cancellationToken)
    {
        HasStarted = true;
        _response = body;
        _left = body.HasBody ? ContentLength(head) : 0;
        try
        {
            _stream.SendResponse(head, isLast: !body.HasBody);
            return ValueTask.CompletedTask;
        }
        catch (IOException exception)
        {
            throw new ClientGoneException(exception);
        }
    }

    public override ValueTask WriteBodyAsync(BodySegment segment, CancellationToken cancellationToken)
    {
        // The end stands on the last piece where it did so before, unless trailers follow.
        var isLast = segment.IsLast && _response!.Trailers is null;
        if (segment.Data.IsEmpty && !isLast)
        {
            return ValueTask.CompletedTask;
        }

        _left -= segment.Data.Length;
        try
        {
            var sending = _stream.SendDataAsync(segment.Data, isLast);
            return sending.IsCompletedSuccessfully ? ValueTask.CompletedTask : WaitAsync(sending);
        }
        catch (IOException exception)
        {
            return _left <= 0 && segment.Data.IsEmpty ? ValueTask.CompletedTask : throw new ClientGoneException(exception);
        }
    }

    public override ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        _stream.Flush();
        return ValueTask.CompletedTask;
    }

    public override ValueTask CompleteAsync(HeaderList? trailers, CancellationToken cancellationToken)
    {
        if (_stream.IsLocalEnded)
        {
            return ValueTask.CompletedTask;
        }

        try
        {
            if (trailers is not null)
            {
                _stream.SendTrailers(trailers);
                return ValueTask.CompletedTask;
            }

            return _stream.SendDataAsync(default, isLast: true);
        }
        catch (IOException exception)
        {
            // A client that has all it was promised may leave at once.
            return _left <= 0 ? ValueTask.CompletedTask : throw new ClientGoneException(exception);
        }
    }

    public override ValueTask<TunnelEnd> UpgradeAsync(ResponseHead head, CancellationToken cancellationToken)
    {
        if (!_isWebSocket)
        {
            throw new HttpWireException("The server switched protocols although nobody asked for it.");
        }

        HasStarted = true;

        // The key's answer belongs to HTTP/1.1 (RFC 8441, section 5).
        var fields = head.Headers.Where(static field => !field.Name.Equals("Sec-WebSocket-Accept", StringComparison.OrdinalIgnoreCase));
        try
        {
            _stream.SendResponse(ResponseHead.Create("HTTP/1.1", 200, "", fields), isLast: false);
        }
        catch (IOException exception)
        {
            throw new ClientGoneException(exception);
        }

        _stream.Flush();
        var tunnel = new Http2TunnelStream(_stream);
        return ValueTask.FromResult(new TunnelEnd(tunnel, tunnel.EndSendingAsync));
    }

    public override void Abort(Http2ErrorCode code) => _stream.Reset(code);

    private static async ValueTask WaitAsync(ValueTask sending)
    {
        try
        {
            await sending;
        }
        catch (IOException exception)
        {
            throw new ClientGoneException(exception);
        }
    }

    private static long ContentLength(ResponseHead head) =>
        long.TryParse(head.Headers.Find("content-length"u8), out var length) ? length : long.MaxValue;

    /// <summary>A WebSocket handshake over HTTP/2 (RFC 8441) as one of HTTP/1.1 (RFC 6455, section 4.1).</summary>
    private static RequestHead ToUpgrade(RequestHead request)
    {
        var plain = RequestHead.Parse(Http1Translation.Request(request, isChunked: false));
        return RequestHead.Create(
            "GET",
            request.Target,
            "HTTP/1.1",
            [
                .. plain.Headers,
                new HeaderField("Connection", "Upgrade"),
                new HeaderField("Upgrade", "websocket"),
                new HeaderField("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))),
            ]);
    }
}
