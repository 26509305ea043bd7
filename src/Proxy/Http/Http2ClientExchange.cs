using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Http;

/// <summary>An exchange with a client that speaks HTTP/2 (RFC 9113), through Kestrel.</summary>
internal sealed class Http2ClientExchange : ClientExchange
{
    /// <summary>Fields that belong to an HTTP/1.1 connection and must not be sent over HTTP/2 (RFC 9113, section 8.2.2).</summary>
    private static readonly HashSet<string> NotForHttp2 = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Proxy-Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade",
    };

    private readonly HttpContext _context;
    private readonly IHttpExtendedConnectFeature? _webSocket;
    private long _left = long.MaxValue;

    public Http2ClientExchange(HttpContext context)
    {
        _context = context;
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var fields = new List<HeaderField>(request.Headers.Count + 1) { new("Host", request.Headers.Host.ToString()) };
        foreach (var (name, values) in request.Headers)
        {
            if (name.StartsWith(':') || name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            foreach (var value in values)
            {
                fields.Add(new HeaderField(name.ToLowerInvariant(), value ?? ""));
            }
        }

        var extended = context.Features.Get<IHttpExtendedConnectFeature>();
        _webSocket = extended is { IsExtendedConnect: true } && extended.Protocol == "websocket" ? extended : null;
        if (extended is { IsExtendedConnect: true })
        {
            fields.Insert(1, new HeaderField(":protocol", extended.Protocol ?? ""));
        }

        Refusal = Problem(request, fields);
        Request = RequestHead.Create(request.Method, request.RawTarget, "HTTP/2", fields);
        Outgoing = _webSocket is null ? Request : ToUpgrade(request.RawTarget, fields);
        RequestBody = _webSocket is null && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
            ? new PipeBody(context)
            : BodySource.None;
    }

    /// <summary>Why the request must not be forwarded, as a sentence; null when it may be. As HTTP/1.1 it could be another one
    /// (RFC 9113, section 10.3).</summary>
    public string? Refusal { get; }

    public override RequestHead Request { get; }

    public override RequestHead Outgoing { get; }

    public override BodySource RequestBody { get; }

    public override bool MayUseHttp2 => _webSocket is null;

    public override CancellationToken Gone => _context.RequestAborted;

    public override ValueTask WriteInterimAsync(ResponseHead head, CancellationToken cancellationToken) =>
        // Kestrel has no way to send interim responses; a client must do without them anyway (RFC 9110, section 15.2).
        ValueTask.CompletedTask;

    public override async ValueTask WriteHeadAsync(ResponseHead head, BodySource body, CancellationToken cancellationToken)
    {
        HasStarted = true;
        var response = _context.Response;
        response.StatusCode = head.Status;
        var dropped = head.Headers.Find("connection"u8)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        foreach (var field in head.Headers)
        {
            if (field.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                // Said twice, or where none may be (RFC 9110, section 8.6), in HTTP/1.1: once and only where it may be, here.
                response.ContentLength = head.Status != 204 && long.TryParse(field.Value.Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;
            }
            else if (!dropped.Contains(field.Name, StringComparer.OrdinalIgnoreCase))
            {
                Append(response.Headers, field);
            }
        }

        _left = body.HasBody ? response.ContentLength ?? long.MaxValue : 0;
        if (body.HasBody)
        {
            _context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            await response.StartAsync(cancellationToken);
        }
    }

    public override ValueTask WriteBodyAsync(BodySegment segment, CancellationToken cancellationToken)
    {
        _context.Response.BodyWriter.Write(segment.Data.Span);
        _left -= segment.Data.Length;
        return ValueTask.CompletedTask;
    }

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var result = await _context.Response.BodyWriter.FlushAsync(cancellationToken);
        if ((result.IsCompleted || result.IsCanceled) && _left > 0)
        {
            // A client that has all it was promised may leave at once.
            throw new ClientGoneException();
        }
    }

    public override async ValueTask CompleteAsync(HeaderList? trailers, CancellationToken cancellationToken)
    {
        if (trailers is not null)
        {
            var target = _context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
            foreach (var field in trailers)
            {
                if (target is not null)
                {
                    Append(target, field);
                }
            }
        }

        var isGone = _context.RequestAborted.IsCancellationRequested;
        await _context.Response.CompleteAsync();
        if (isGone && _left > 0)
        {
            throw new ClientGoneException();
        }
    }

    public override async ValueTask<TunnelEnd> UpgradeAsync(ResponseHead head, CancellationToken cancellationToken)
    {
        if (_webSocket is null)
        {
            throw new HttpWireException("The server switched protocols although nobody asked for it.");
        }

        HasStarted = true;
        foreach (var field in head.Headers)
        {
            // The key's answer belongs to HTTP/1.1 (RFC 8441, section 5).
            if (!field.Name.Equals("Sec-WebSocket-Accept", StringComparison.OrdinalIgnoreCase))
            {
                Append(_context.Response.Headers, field);
            }
        }

        return new TunnelEnd(await _webSocket.AcceptAsync());
    }

    public override void Abort()
    {
        if (_context.Features.Get<IHttpResetFeature>() is { } reset)
        {
            reset.Reset(2); // INTERNAL_ERROR (RFC 9113, section 7)
        }
        else
        {
            _context.Abort();
        }
    }

    /// <summary>Adds a field where HTTP/2 has a way to say it: no name that is no token, and no control characters in values, of which
    /// line folds are some (RFC 9113, section 8.2.1; RFC 9110, section 5.5).</summary>
    private static void Append(IHeaderDictionary headers, HeaderField field)
    {
        if (!NotForHttp2.Contains(field.Name) && HeadText.IsToken(field.Name))
        {
            headers.Append(field.Name, HeadText.WithoutControls(field.Value));
        }
    }

    private string? Problem(IHttpRequestFeature request, List<HeaderField> fields)
    {
        if (request.Method == "CONNECT" && _webSocket is null)
        {
            return "CONNECT within HTTP/2 is not supported but for WebSocket.";
        }

        if (!HeadText.IsToken(request.Method))
        {
            return $"'{request.Method}' is no HTTP method.";
        }

        if (request.RawTarget.AsSpan().ContainsAnyInRange('\0', ' ') || request.RawTarget.Contains('\u007f', StringComparison.Ordinal))
        {
            return "The request's :path has white space or a control character in it.";
        }

        foreach (var field in fields)
        {
            if (NotForHttp2.Contains(field.Name))
            {
                return $"The request has the field '{field.Name}', which belongs to HTTP/1.1 connections alone (RFC 9113, section 8.2.2).";
            }

            if (!HeadText.IsToken(field.Name) && field.Name != ":protocol")
            {
                return $"'{field.Name}' is no field name.";
            }
        }

        return null;
    }

    /// <summary>A WebSocket handshake over HTTP/2 (RFC 8441) as one of HTTP/1.1 (RFC 6455, section 4.1).</summary>
    private static RequestHead ToUpgrade(string target, List<HeaderField> fields) => RequestHead.Create(
        "GET",
        target,
        "HTTP/1.1",
        [
            .. fields.Where(static field => !field.Name.StartsWith(':')),
            new HeaderField("Connection", "Upgrade"),
            new HeaderField("Upgrade", "websocket"),
            new HeaderField("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))),
        ]);

    /// <summary>A request's body that comes through Kestrel's pipe.</summary>
    private sealed class PipeBody(HttpContext context) : BodySource
    {
        private readonly PipeReader _reader = context.Request.BodyReader;
        private ReadOnlySequence<byte> _buffer;
        private SequencePosition _next;
        private long _remaining;
        private bool _isHeld;
        private bool _isEnded;

        public override bool HasBody => true;

        public override bool HasBuffered => _remaining > 0;

        public override async ValueTask<BodySegment> ReadAsync(CancellationToken cancellationToken)
        {
            if (IsComplete)
            {
                return new BodySegment(default, default, true);
            }

            if (_isHeld && !HasBuffered)
            {
                _reader.AdvanceTo(_buffer.End);
                _isHeld = false;
            }

            if (!_isHeld && !_isEnded)
            {
                ReadResult result;
                try
                {
                    result = await _reader.ReadAsync(cancellationToken);
                }
                catch (BadHttpRequestException exception)
                {
                    throw new HttpWireException(exception.Message);
                }

                _buffer = result.Buffer;
                _next = _buffer.Start;
                _remaining = _buffer.Length;
                _isHeld = true;
                _isEnded = result.IsCompleted;
            }

            ReadOnlyMemory<byte> data = default;
            while (_remaining > 0 && _buffer.TryGet(ref _next, out data))
            {
                if (data.Length > 0)
                {
                    _remaining -= data.Length;
                    break;
                }
            }

            if (_isEnded && !HasBuffered)
            {
                IsComplete = true;
                var trailers = context.Features.Get<IHttpRequestTrailersFeature>();
                if (trailers is { Available: true, Trailers.Count: > 0 })
                {
                    Trailers = HeaderList.Create(trailers.Trailers.SelectMany(static one => one.Value, static (one, value) => new HeaderField(one.Key, value ?? "")));
                }
            }

            return new BodySegment(data, data, IsComplete);
        }
    }
}
