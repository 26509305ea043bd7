using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http;

/// <summary>An exchange with a client that speaks HTTP/1.x. What an HTTP/1.x server answers is passed on byte for byte.</summary>
internal sealed class Http1ClientExchange(ClientTransport transport, ClientAffinity affinity, RequestHead request, RequestHead outgoing, Http1BodySource body) : ClientExchange
{
    private bool _passFraming;
    private bool _isChunked;
    private bool _isUntilClose;
    private bool _isComplete;
    private ResponseHead? _response;

    public override RequestHead Request => request;

    public override long RequestHeadWireSize => request.Raw.Length;

    public override RequestHead Outgoing => outgoing;

    public override UpstreamNeed Need => new(Http2Use.Avoided, ConnectProtocol: WebSocketUpgrade.Is(outgoing));

    public override BodySource RequestBody => body;

    public override ClientAffinity? Affinity => affinity;

    public override CancellationToken Gone => transport.Gone;

    /// <summary>Whether the client has taken its connection over for another protocol.</summary>
    public bool IsUpgraded { get; private set; }

    /// <summary>Whether another request may follow on the connection (RFC 9112, section 9.3).</summary>
    public bool MayContinue =>
        _isComplete
        && body.IsComplete
        && !_isUntilClose
        && _response is { } response
        && !response.Headers.HasToken("Connection"u8, "close"u8)
        && !request.Headers.HasToken("Connection"u8, "close"u8)
        && ((request.Version == "HTTP/1.1" && response.Version != "HTTP/1.0")
            || (request.Headers.HasToken("Connection"u8, "keep-alive"u8) && response.Headers.HasToken("Connection"u8, "keep-alive"u8)));

    public override void WatchForLeaving()
    {
        body.Release();
        if (transport.Reader.BufferedLength > 0 || transport.Reader.IsEnded)
        {
            return; // The next request is there already, or the client has ended its side and still waits for the answer.
        }

        var read = transport.Reader.ReadAhead();
        if (!read.IsCompletedSuccessfully)
        {
            _ = WatchAsync(read);
        }
    }

    public override void BeginSending() => transport.Watch.BeginSending(body);

    public override void EndSending() => transport.Watch.EndSending();

    public override async ValueTask WriteInterimAsync(ResponseHead head, CancellationToken cancellationToken)
    {
        if (request.Version == "HTTP/1.0")
        {
            return; // It would take it for the response (RFC 9110, section 15.2).
        }

        await WriteAsync(head.Version == "HTTP/2" ? Http1Translation.Response(head, "") : head.Raw, cancellationToken);
        await FlushAsync(cancellationToken);
    }

    public override ValueTask WriteHeadAsync(ResponseHead head, BodySource responseBody, CancellationToken cancellationToken)
    {
        HasStarted = true;
        _response = head;
        if (responseBody.HasWireFraming || head.Version.StartsWith("HTTP/1", StringComparison.Ordinal))
        {
            // Whatever version it claims, it came over an HTTP/1.1 connection.
            _passFraming = responseBody.HasWireFraming;
            _isUntilClose = responseBody is Http1BodySource { Framing.Kind: BodyKind.UntilClose };
            return WriteAsync(head.Raw, cancellationToken);
        }

        var framing = "";
        if (responseBody.HasBody && !head.Headers.Contains("content-length"u8) && request.Method != "HEAD" && head.Status is not (204 or 304))
        {
            _isChunked = request.Version == "HTTP/1.1";
            _isUntilClose = !_isChunked;
            framing = _isChunked ? "transfer-encoding: chunked\r\n" : "connection: close\r\n";
        }

        return WriteAsync(Http1Translation.Response(head, framing), cancellationToken);
    }

    public override async ValueTask WriteBodyAsync(BodySegment segment, CancellationToken cancellationToken)
    {
        try
        {
            await (_passFraming ? transport.Writer.WriteAsync(segment.Wire, cancellationToken)
                : _isChunked ? ChunkedEncoder.WriteAsync(transport.Writer, segment.Data, cancellationToken)
                : transport.Writer.WriteAsync(segment.Data, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new ClientGoneException(exception);
        }
    }

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await transport.Writer.FlushAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new ClientGoneException(exception);
        }
    }

    public override async ValueTask CompleteAsync(HeaderList? trailers, CancellationToken cancellationToken)
    {
        if (_isChunked && !_passFraming)
        {
            try
            {
                await ChunkedEncoder.EndAsync(transport.Writer, trailers, cancellationToken);
            }
            catch (IOException exception)
            {
                throw new ClientGoneException(exception);
            }
        }

        await FlushAsync(cancellationToken);
        _isComplete = true;
    }

    public override async ValueTask<TunnelEnd> UpgradeAsync(ResponseHead head, CancellationToken cancellationToken)
    {
        HasStarted = true;
        IsUpgraded = true;
        await WriteAsync(head.Version == "HTTP/2" ? WebSocketUpgrade.Answer(request, head).Raw : head.Raw, cancellationToken);
        await FlushAsync(cancellationToken);
        return transport.AsTunnelEnd();
    }

    public override void Abort(Http2ErrorCode code) => transport.Reset();

    private async ValueTask WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await transport.Writer.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new ClientGoneException(exception);
        }
    }

    private async Task WatchAsync(Task<int> read)
    {
        try
        {
            // The end of a plain connection may be half of it: the client still waits for the answer. TLS clients do not do that.
            if (await read > 0 || !transport.IsTls)
            {
                return;
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Broken: the client is gone.
        }

        if (!_isComplete)
        {
            transport.MarkGone();
        }
    }
}
