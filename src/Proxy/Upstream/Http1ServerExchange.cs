using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// An exchange over an HTTP/1.1 connection to a server. The request's head is sent as it is given, byte for byte, and the response's
/// bytes are read as they are.
/// </summary>
internal sealed class Http1ServerExchange(Destination destination, Http1Channel channel, UpstreamPool pool, ClientAffinity? affinity, ProxyOptions options) : ServerExchange
{
    private readonly bool _isReused = channel.IsUsed;
    private RequestHead? _request;
    private ResponseHead? _response;
    private Http1BodySource? _responseBody;
    private bool _passFraming;
    private bool _isChunked;
    private bool _requestComplete;
    private bool _isDoubtful;
    private long _announced = -1;
    private long _sent;
    private bool _isUpgraded;
    private int _isOver;

    public override ServerConnection Connection => channel.Connection;

    public override bool IsReused => _isReused;

    public override ConnectTimeline Timeline => channel.Timeline;

    public override long ResponseHeadWireSize => _response?.Raw.Length ?? 0;

    public override BodySource ResponseBody => _responseBody ?? BodySource.None;

    public override bool IsClosing => _response is { } response && (response.Version != "HTTP/1.1" || response.Headers.HasToken("Connection"u8, "close"u8));

    public override ValueTask SendHeadAsync(RequestHead head, BodySource body, CancellationToken cancellationToken)
    {
        _request = head;
        _isDoubtful = !options.ValidateInboundHeaders && (HeadCheck.OfRequest(head) ?? BodyFraming.OfRequest(head).Refusal) is not null;
        _passFraming = body.HasWireFraming;
        if (head.Version is not "HTTP/2")
        {
            return channel.Writer.WriteAsync(head.Raw, cancellationToken);
        }

        // The client speaks HTTP/2: the head becomes one of HTTP/1.1 (RFC 9113, section 8.1.1).
        _isChunked = body.HasBody && !head.Headers.Contains("content-length"u8) && !(head.IsMalformed && head.Headers.Contains("transfer-encoding"u8));
        if (!options.ValidateInboundHeaders)
        {
            // Nobody has checked whether the content is as long as the head says.
            _isDoubtful = head.IsMalformed;
            _announced = long.TryParse(head.Headers.Find("content-length"u8), out var length) ? length : -1;
        }

        return channel.Writer.WriteAsync(Http1Translation.Request(head, _isChunked), cancellationToken);
    }

    public override ValueTask SendBodyAsync(BodySegment segment, CancellationToken cancellationToken)
    {
        if (_passFraming)
        {
            return channel.Writer.WriteAsync(segment.Wire, cancellationToken);
        }

        _sent += segment.Data.Length;
        return _isChunked ? ChunkedEncoder.WriteAsync(channel.Writer, segment.Data, cancellationToken) : channel.Writer.WriteAsync(segment.Data, cancellationToken);
    }

    public override ValueTask FlushAsync(CancellationToken cancellationToken) => channel.Writer.FlushAsync(cancellationToken);

    public override async ValueTask CompleteRequestAsync(HeaderList? trailers, CancellationToken cancellationToken)
    {
        if (_isChunked && !_passFraming)
        {
            await ChunkedEncoder.EndAsync(channel.Writer, trailers, cancellationToken);
        }

        await channel.Writer.FlushAsync(cancellationToken);
        _requestComplete = true;
    }

    public override async ValueTask<ResponseHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var looked = 0;
        while (true)
        {
            var buffered = channel.Reader.BufferedSpan;
            CheckStart(buffered);
            var length = HeadParser.FindEnd(buffered, looked);
            if (length >= 0)
            {
                var head = ResponseHead.Parse(buffered[..length].ToArray());
                channel.Reader.Consume(length);
                Accept(head);
                return head;
            }

            looked = buffered.Length;
            if (looked > options.MaxHeadSize)
            {
                throw new HttpWireException($"The response's head is longer than {options.MaxHeadSize} bytes.");
            }

            int count;
            try
            {
                count = await channel.Reader.FillAsync(cancellationToken);
            }
            catch (IOException exception)
            {
                throw new UpstreamException(UpstreamErrors.ClosedEarly(destination, exception.GetBaseException().Message, channel.Connection.Tls), exception);
            }

            if (count == 0)
            {
                throw new UpstreamException(UpstreamErrors.ClosedEarly(
                    destination,
                    looked == 0 ? "The connection was closed without a byte of a response." : $"The connection was closed after {looked} bytes of a response's head.",
                    channel.Connection.Tls));
            }
        }
    }

    public override TunnelEnd Upgrade()
    {
        // What runs from here on may last for days, and does not take turns with exchanges.
        _isUpgraded = true;
        pool.Leave(destination);
        return new TunnelEnd(new PrefixedStream(channel.Reader, channel.Stream), channel.EndSendingAsync);
    }

    public override void Release()
    {
        if (!TryEnd())
        {
            return;
        }

        _responseBody?.Release();
        if (!_isUpgraded && _requestComplete && MayBeReused())
        {
            channel.IsUsed = true;
            if (affinity is not null && (channel.IsOwned || affinity.Claims(_request!, _response!)))
            {
                affinity.Keep(destination, channel);
            }
            else
            {
                pool.Return(destination, channel);
            }
        }
        else
        {
            channel.Dispose();
        }

        Leave();
    }

    public override void Abort(Http2ErrorCode code)
    {
        if (TryEnd())
        {
            channel.Reset();
            Leave();
        }
    }

    private void Leave()
    {
        if (!_isUpgraded)
        {
            pool.Leave(destination);
        }
    }

    private bool TryEnd() => Interlocked.Exchange(ref _isOver, 1) == 0;

    /// <summary>Whether the connection stays open after this exchange (RFC 9112, section 9.3).</summary>
    private bool MayBeReused() =>
        !_isDoubtful
        && (_announced < 0 || _announced == _sent)
        && _response is { } response
        && _responseBody is { IsComplete: true, Framing.Kind: not BodyKind.UntilClose }
        && response.Version == "HTTP/1.1"
        && _request!.Version is "HTTP/1.1" or "HTTP/2"
        && !response.Headers.HasToken("Connection"u8, "close"u8)
        && !_request.Headers.HasToken("Connection"u8, "close"u8)
        && channel.Reader.BufferedLength == 0;

    private void Accept(ResponseHead head)
    {
        if (head.Status == 0)
        {
            throw new HttpWireException($"Its first line is '{FirstLine(head.Raw)}', which has no status code.");
        }

        if (HeadCheck.OfResponse(head) is { } problem)
        {
            Doubt(problem);
        }

        if (head.Status is >= 100 and < 200 and not 101)
        {
            return;
        }

        var framing = BodyFraming.OfResponse(head, _request!.Method);
        if (framing.Refusal is { } refusal)
        {
            Doubt(refusal);
            framing = BodyFraming.Likeliest(head.Headers, BodyFraming.UntilClose);
        }

        _response = head;
        _responseBody = new Http1BodySource(channel.Reader, framing);
    }

    /// <summary>Two readers could see two different messages: refused, or passed on over a connection that serves no other exchange.</summary>
    private void Doubt(string problem)
    {
        if (options.ValidateInboundHeaders)
        {
            throw new HttpWireException(problem);
        }

        _isDoubtful = true;
    }

    private static void CheckStart(ReadOnlySpan<byte> bytes)
    {
        var expected = "HTTP/"u8;
        var length = Math.Min(bytes.Length, expected.Length);
        if (!bytes[..length].SequenceEqual(expected[..length]))
        {
            throw new HttpWireException($"It begins with '{FirstLine(bytes[..Math.Min(bytes.Length, 60)])}' instead of 'HTTP/'.");
        }
    }

    private static string FirstLine(ReadOnlySpan<byte> bytes) => HeadText.Printable(HeadParser.FirstLine(bytes, out _));
}
