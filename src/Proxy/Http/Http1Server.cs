using System.Text;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http;

/// <summary>
/// The HTTP/1.x side towards a client (RFC 9112). It reads heads as bytes and keeps them: nothing is normalised, so what is recorded and
/// forwarded is what was sent.
/// </summary>
internal sealed class Http1Server(ClientTransport transport, ExchangePipeline pipeline, ProxyOptions options) : IDisposable
{
    private readonly ClientAffinity _affinity = new(options);

    private UpstreamException? _known;

    /// <summary>Serves requests one after the other until the connection ends or becomes a tunnel.</summary>
    /// <param name="fixedDestination">Where every request goes; null on a proxy port, where each request says so itself.</param>
    /// <param name="known">A failure to reach the server that is known already, for the first request.</param>
    /// <returns>The destination that a CONNECT request asked for (RFC 9110, section 9.3.6), or null when the connection is over.</returns>
    public async Task<Destination?> RunAsync(Destination? fixedDestination, UpstreamException? known)
    {
        _known = known;
        while (true)
        {
            RequestHead? head;
            try
            {
                head = await ReadHeadAsync();
            }
            catch (HttpWireException exception)
            {
                var begun = RequestHead.Parse(transport.Reader.BufferedSpan[..Math.Min(transport.Reader.BufferedLength, 4096)].ToArray());
                await (transport.Watch.IsLate ? RefuseLateAsync(begun, fixedDestination) : RefuseAsync(begun, fixedDestination, exception.Message));
                return null;
            }

            if (head is null)
            {
                return null;
            }

            if (Problem(head) is { } problem)
            {
                await RefuseAsync(head, fixedDestination, problem);
                return null;
            }

            if (head.Method == "CONNECT" && fixedDestination is null)
            {
                if (Destination.TryParseAuthority(head.Target, 0, out var host, out var port))
                {
                    return new Destination(false, host, port);
                }

                await RefuseAsync(head, null, $"CONNECT asks for '{head.Target}', which is not host:port.");
                return null;
            }

            if (!await ServeAsync(head, fixedDestination))
            {
                return null;
            }
        }
    }

    public void Dispose() => _affinity.Dispose();

    private async Task<bool> ServeAsync(RequestHead head, Destination? fixedDestination)
    {
        var framing = BodyFraming.OfRequest(head);
        var outgoing = head;
        var destination = fixedDestination;
        if (!head.Target.StartsWith('/') && RequestTarget.TrySplit(head.Target, out var asked, out var path))
        {
            // Absolute-form names the server on a proxy port; elsewhere only the path counts (RFC 9112, section 3.2.2).
            destination ??= asked;
            outgoing = RequestTarget.ToOriginForm(head, path);
        }
        else if (fixedDestination is null && !head.Target.StartsWith('/') && head.Target != "*")
        {
            await RefuseAsync(head, null, $"The request asks for '{head.Target}', which is no address of the form http://host/path.");
            return false;
        }

        if (framing.Refusal is { } refusal)
        {
            if (options.ValidateInboundHeaders)
            {
                await RefuseAsync(head, destination, refusal);
                return false;
            }

            framing = BodyFraming.Likeliest(head.Headers, BodyFraming.None);
        }

        var exchange = new Http1ClientExchange(transport, _affinity, head, outgoing, new Http1BodySource(transport.Reader, framing));
        await pipeline.RunAsync(exchange, transport.Connection, destination, Interlocked.Exchange(ref _known, null));
        ((Http1BodySource)exchange.RequestBody).Release();
        return exchange.MayContinue && !exchange.IsUpgraded && !transport.IsReset;
    }

    private Task RefuseAsync(RequestHead head, Destination? destination, string reason) =>
        pipeline.RefuseAsync(
            new Http1ClientExchange(transport, _affinity, head, head, new Http1BodySource(transport.Reader, BodyFraming.None)),
            transport.Connection,
            destination,
            400,
            reason);

    private Task RefuseLateAsync(RequestHead begun, Destination? destination) =>
        pipeline.RefuseAsync(
            new Http1ClientExchange(transport, _affinity, begun, begun, new Http1BodySource(transport.Reader, BodyFraming.None)),
            transport.Connection,
            destination,
            408,
            $"The client began a request but did not complete its head within {options.ClientHeadTimeout?.TotalSeconds:0.###} seconds.",
            "If the client is only slow, start MitmWeb with a longer --client-head-timeout.");

    private async ValueTask<RequestHead?> ReadHeadAsync()
    {
        var reader = transport.Reader;
        var watch = transport.Watch;
        var looked = 0;
        var hasBegun = false;
        reader.Trim();
        watch.Expect(options.ClientIdleTimeout);
        while (true)
        {
            if (looked <= 1)
            {
                // Also when only the CR of an empty line had come.
                SkipEmptyLines(reader);
                looked = 0;
            }

            var length = HeadParser.FindEnd(reader.BufferedSpan, looked);
            if (length >= 0)
            {
                var head = RequestHead.Parse(reader.BufferedSpan[..length].ToArray());
                reader.Consume(length);
                watch.Relax();
                return head;
            }

            looked = reader.BufferedLength;
            if (looked > 0 && !hasBegun)
            {
                hasBegun = true;
                watch.Expect(options.ClientHeadTimeout);
            }

            if (looked > options.MaxHeadSize)
            {
                throw new HttpWireException($"The request's head is longer than {options.MaxHeadSize} bytes.");
            }

            try
            {
                if (await reader.FillAsync(watch.Late) == 0)
                {
                    return looked == 0 ? null : throw new HttpWireException("The connection was closed in the middle of the request's head.");
                }
            }
            catch (OperationCanceledException) when (watch.IsLate && looked > 0 && !transport.Gone.IsCancellationRequested)
            {
                throw new HttpWireException("The request's head did not come in time.");
            }
            catch (Exception exception) when (exception is (IOException and not HttpWireException) or OperationCanceledException or ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <summary>Empty lines before a request are ignored (RFC 9112, section 2.2).</summary>
    private static void SkipEmptyLines(WireReader reader)
    {
        while (true)
        {
            var bytes = reader.BufferedSpan;
            if (bytes.StartsWith("\r\n"u8))
            {
                reader.Consume(2);
            }
            else if (bytes.Length > 0 && bytes[0] == '\n')
            {
                reader.Consume(1);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>What keeps a head from being forwarded, in words.</summary>
    private string? Problem(RequestHead head)
    {
        if (head.Version is not ("HTTP/1.1" or "HTTP/1.0"))
        {
            return head.Version.Length == 0
                ? "The first line is no HTTP request: it has no HTTP version at its end."
                : $"The request's version '{head.Version}' is neither HTTP/1.1 nor HTTP/1.0.";
        }

        if (!HeadText.IsToken(head.Method))
        {
            return $"'{head.Method}' is no HTTP method.";
        }

        return options.ValidateInboundHeaders ? HeadCheck.OfRequest(head) : null;
    }
}
