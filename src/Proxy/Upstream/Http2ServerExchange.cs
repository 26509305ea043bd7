using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Upstream;

/// <summary>An exchange over an HTTP/2 session with a server (RFC 9113).</summary>
[SuppressMessage("Reliability", "CA1001:Types that own disposable fields should be disposable", Justification = "End() disposes of them, once.")]
internal sealed class Http2ServerExchange : ServerExchange
{
    /// <summary>Fields that belong to an HTTP/1.1 connection and must not be sent over HTTP/2 (RFC 9113, section 8.2.2), and Host,
    /// which becomes :authority.</summary>
    private static readonly HashSet<string> NotForHttp2 = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Proxy-Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Host",
    };

    private readonly Destination _destination;
    private readonly Http2Session _session;
    private readonly CancellationTokenSource _cancel = new();
    private PushContent? _content;
    private Task<HttpResponseMessage>? _sending;
    private HttpResponseMessage? _response;
    private Http2BodySource? _responseBody;
    private UpstreamChannel? _channel;
    private bool _isReused;
    private int _isOver;

    /// <param name="destination">The server.</param>
    /// <param name="session">Its session, with this exchange counted in already.</param>
    public Http2ServerExchange(Destination destination, Http2Session session)
    {
        _destination = destination;
        _session = session;
    }

    public override ServerConnection? Connection => (_channel ?? _session.Current)?.Connection;

    public override bool IsReused => _isReused;

    public override ConnectTimeline? Timeline => (_channel ?? _session.Current)?.Timeline;

    public override BodySource ResponseBody => _responseBody ?? BodySource.None;

    public override ValueTask SendHeadAsync(RequestHead head, BodySource body, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(new HttpMethod(head.Method), TargetUri(head.Target))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (body.HasBody)
        {
            request.Content = _content = new PushContent();
        }

        var dropped = head.Headers.Find("connection"u8)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        foreach (var field in head.Headers)
        {
            if (field.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.TryAddWithoutValidation("Host", field.Value);
            }
            else if (!NotForHttp2.Contains(field.Name)
                && !dropped.Contains(field.Name, StringComparer.OrdinalIgnoreCase)
                && !request.Headers.TryAddWithoutValidation(field.Name, field.Value))
            {
                (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(field.Name, field.Value);
            }
        }

        _sending = _session.SendAsync(request, _cancel.Token);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask SendBodyAsync(BodySegment segment, CancellationToken cancellationToken)
    {
        if (segment.Data.IsEmpty)
        {
            return;
        }

        Stream stream;
        do
        {
            stream = await StreamAsync();
        }
        while (!_content!.TryBegin(stream));

        await stream.WriteAsync(segment.Data, cancellationToken);
    }

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_content is not null && _content.Stream.IsCompletedSuccessfully)
        {
            await _content.Stream.Result.FlushAsync(cancellationToken);
        }
    }

    public override ValueTask CompleteRequestAsync(HeaderList? trailers, CancellationToken cancellationToken)
    {
        // Trailers of a request cannot be sent through .NET's client; they are recorded.
        _content?.Complete();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<ResponseHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _response = await _sending!.WaitAsync(cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw Explain(exception);
        }

        _channel = _session.Current;
        _isReused = _session.CountUse();
        var fields = _response.Headers.NonValidated.Concat(_response.Content.Headers.NonValidated)
            .SelectMany(static header => header.Value, static (header, value) => new HeaderField(header.Key.ToLowerInvariant(), value));
        ResponseHead head;
        try
        {
            head = ResponseHead.Create("HTTP/2", (int)_response.StatusCode, "", fields);
        }
        catch (ArgumentException exception)
        {
            throw new HttpWireException(exception.Message);
        }

        var hasBody = !(_response.RequestMessage!.Method == HttpMethod.Head || head.Status is 204 or 304);
        _responseBody = new Http2BodySource(await _response.Content.ReadAsStreamAsync(cancellationToken), _response, hasBody);
        return head;
    }

    public override Stream Upgrade() => throw new NotSupportedException("HTTP/2 has no switch of protocols (RFC 9113, section 8.6).");

    public override void Release() => End(isComplete: _content is null || _content.IsComplete);

    public override void Abort() => End(isComplete: false);

    private void End(bool isComplete)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 1)
        {
            return;
        }

        if (!isComplete)
        {
            // Resets the stream (RFC 9113, section 6.4).
            _cancel.Cancel();
            _content?.Complete();
        }

        _ = _sending?.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
        _responseBody?.Dispose();
        _response?.Dispose();
        _content?.Dispose();
        if (isComplete)
        {
            _cancel.Dispose();
        }

        _session.Leave();
    }

    private async Task<Stream> StreamAsync()
    {
        var stream = _content!.Stream;
        if (!stream.IsCompleted && await Task.WhenAny(stream, _sending!) == _sending && !stream.IsCompleted)
        {
            try
            {
                await _sending!;
            }
            catch (HttpRequestException exception)
            {
                throw Explain(exception);
            }

            throw new IOException("The server answered without waiting for the request's body.");
        }

        return await stream;
    }

    private UpstreamException Explain(HttpRequestException exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is UpstreamException known)
            {
                return known;
            }

            if (inner is HttpProtocolException protocol)
            {
                return new UpstreamException(
                    new FlowError(
                        FlowStep.Response,
                        $"{_destination.Authority} reset the HTTP/2 stream (error code {protocol.ErrorCode}: {Http2ErrorNames.Of(protocol.ErrorCode)}) before it had sent a response.",
                        protocol.Message,
                        "The server's log says why."),
                    exception);
            }
        }

        return new UpstreamException(UpstreamErrors.ClosedEarly(_destination, exception.InnerException?.Message ?? exception.Message), exception);
    }

    private Uri TargetUri(string target)
    {
        var path = target.StartsWith('/') ? target : target == "*" ? "*" : "/" + target;
        return new Uri($"https://{_destination.Authority}{(path == "*" ? "/*" : path)}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    /// <summary>A body that is pushed by the exchange instead of being pulled.</summary>
    private sealed class PushContent : HttpContent
    {
        private readonly Lock _lock = new();
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _hasBegun;

        public Task<Stream> Stream
        {
            get
            {
                lock (_lock)
                {
                    return _stream.Task;
                }
            }
        }

        public bool IsComplete => _complete.Task.IsCompleted;

        /// <summary>Claims the stream: from now on the body cannot go anywhere else.</summary>
        /// <returns>False when the body has been asked for anew meanwhile, for another connection.</returns>
        public bool TryBegin(Stream stream)
        {
            lock (_lock)
            {
                return _hasBegun = _stream.Task.IsCompletedSuccessfully && _stream.Task.Result == stream;
            }
        }

        public void Complete() => _complete.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            // The head is to leave now: a server may answer before the body has begun.
            await stream.FlushAsync();
            lock (_lock)
            {
                if (_hasBegun)
                {
                    // .NET's client repeats a request on a new connection when the server turned it away (RFC 9113, section 6.8). What has
                    // been sent of this body is gone: the rest alone must not pass for the whole.
                    throw new HttpRequestException("The server closed the connection when a part of the request's body had been sent, which cannot be sent again.");
                }

                if (!_stream.TrySetResult(stream))
                {
                    _stream = new TaskCompletionSource<Stream>(TaskCreationOptions.RunContinuationsAsynchronously);
                    _stream.SetResult(stream);
                }
            }

            await _complete.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
