using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http2;

/// <summary>An exchange with a client that speaks HTTP/2. What an HTTP/2 server answers is passed on field by field.</summary>
internal sealed class Http2ClientExchange : ClientExchange
{
    private readonly Http2Stream _stream;
    private readonly bool _isConnect;
    private readonly string? _protocol;
    private BodySource? _response;
    private long _left = long.MaxValue;

    public Http2ClientExchange(Http2Stream stream, RequestHead request)
    {
        _stream = stream;
        Request = request;
        _isConnect = request.Method == "CONNECT";
        _protocol = _isConnect ? request.Headers.Find(":protocol"u8) : null;
        Outgoing = _protocol == "websocket" ? WebSocketUpgrade.ToHttp1(request) : request;
        RequestBody = _isConnect || stream.EndedWithHead ? BodySource.None : new Http2Body(stream, stream.ExpectedLength);
    }

    public override RequestHead Request { get; }

    public override long RequestHeadWireSize => _stream.HeadWireSize;

    public override RequestHead Outgoing { get; }

    public override BodySource RequestBody { get; }

    public override RequestHead OutgoingHttp2 => Request;

    public override UpstreamNeed Need => new(_protocol is null or "websocket" ? Http2Use.Preferred : Http2Use.Required, ConnectProtocol: _protocol is not null);

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
        if (!_isConnect)
        {
            throw new HttpWireException("The server switched protocols although nobody asked for it.");
        }

        HasStarted = true;
        try
        {
            _stream.SendResponse(head.Status == 101 ? WebSocketUpgrade.ToHttp2(head) : head, isLast: false);
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
}
