using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http2;

/// <summary>An exchange over a stream of an HTTP/2 connection to a server.</summary>
internal sealed class Http2ServerExchange(Destination destination, Http2Channel channel, Http2Stream stream, bool isReused) : ServerExchange
{
    private BodySource? _requestBody;
    private bool _isConnect;
    private BodySource? _responseBody;
    private int _isOver;

    public override ServerConnection Connection => channel.Connection;

    public override bool IsReused => isReused;

    public override bool IsHttp2 => true;

    public override bool WasRefused => stream.IsRefused;

    public override ConnectTimeline Timeline => channel.Timeline;

    public override long ResponseHeadWireSize => stream.HeadWireSize;

    public override BodySource ResponseBody => _responseBody ?? BodySource.None;

    public override ValueTask SendHeadAsync(RequestHead head, BodySource body, CancellationToken cancellationToken)
    {
        _requestBody = body;
        var isUpgrade = WebSocketUpgrade.Is(head);
        _isConnect = isUpgrade || head.Method == "CONNECT";

        // A CONNECT's stream stays open: what a tunnel carries is its DATA (RFC 9113, section 8.5; RFC 8441, section 5).
        stream.SendRequest(
            isUpgrade ? WebSocketUpgrade.ToHttp2(head) : head,
            destination.Scheme,
            Authority(),
            isLast: !body.HasBody && !_isConnect,
            isUpgrade ? "websocket" : null);
        return ValueTask.CompletedTask;
    }

    public override ValueTask SendBodyAsync(BodySegment segment, CancellationToken cancellationToken)
    {
        var isLast = segment.IsLast && _requestBody!.Trailers is null;
        return segment.Data.IsEmpty && !isLast ? ValueTask.CompletedTask : stream.SendDataAsync(segment.Data, isLast);
    }

    public override ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        stream.Flush();
        return ValueTask.CompletedTask;
    }

    public override ValueTask CompleteRequestAsync(HeaderList? trailers, CancellationToken cancellationToken)
    {
        if (stream.IsLocalEnded)
        {
            return ValueTask.CompletedTask;
        }

        if (_isConnect)
        {
            stream.Flush();
            return ValueTask.CompletedTask;
        }

        if (trailers is not null)
        {
            stream.SendTrailers(trailers);
            return ValueTask.CompletedTask;
        }

        return stream.SendDataAsync(default, isLast: true);
    }

    public override async ValueTask<ResponseHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        ResponseHead head;
        try
        {
            head = await stream.ReadHeadAsync(cancellationToken);
        }
        catch (Http2ResetException exception)
        {
            throw exception.IsByPeer
                ? new UpstreamException(UpstreamErrors.ResetEarly(destination, exception.Code), exception)
                : new HttpWireException(exception.Message, exception);
        }
        catch (Http2ConnectionException exception)
        {
            throw new UpstreamException(UpstreamErrors.ClosedEarly(destination, exception.Message, Connection.Tls), exception);
        }

        if (_isConnect && head.Status >= 300 && !stream.IsLocalEnded)
        {
            await stream.SendDataAsync(default, isLast: true); // There will be no tunnel.
        }

        if (head.Status >= 200 && !stream.EndedWithHead)
        {
            var isLengthKnown = long.TryParse(head.Headers.Find("content-length"u8), out var length);
            _responseBody = new Http2Body(stream, isLengthKnown ? length : -1);
        }

        return head;
    }

    public override TunnelEnd Upgrade()
    {
        var tunnel = new Http2TunnelStream(stream);
        return new TunnelEnd(tunnel, tunnel.EndSendingAsync);
    }

    public override void Release() => End(Http2ErrorCode.Cancel);

    public override void Abort(Http2ErrorCode code) => End(code);

    private void End(Http2ErrorCode code)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            // Does nothing where both sides have ended.
            stream.Reset(code);
            stream.Release();
        }
    }

    private string Authority()
    {
        var authority = destination.Authority;
        var usual = destination.IsTls ? ":443" : ":80";
        return authority.EndsWith(usual, StringComparison.Ordinal) ? authority[..^usual.Length] : authority;
    }
}
