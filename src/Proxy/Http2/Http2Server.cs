using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http2;

/// <summary>The HTTP/2 side towards a client: every request on the connection becomes an exchange.</summary>
internal sealed class Http2Server(
    ClientTransport transport,
    ExchangePipeline pipeline,
    ProxyOptions options,
    TimeProvider time,
    Destination? destination,
    UpstreamException? known,
    Func<Http2Stream, Destination, Task> serveTunnel) : IHttp2Handler
{
    /// <summary>How long a client may take to close its side when MitmWeb stops.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(200);

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private UpstreamException? _known = known;
    private readonly Lock _countLock = new();
    private int _running = 1;

    /// <summary>Serves the connection until it ends; every exchange has reached its end, too, when it returns.</summary>
    public async Task RunAsync()
    {
        var connection = new Http2Connection(transport.IsTls, options.MaxHeadSize, time, this) { ValidatesFields = options.ValidateInboundHeaders };
        var wire = new Http2Wire(connection, transport.Reader, transport.Stream);
        transport.PromiseGoodbye();
        wire.Start();
        transport.Watch.Expect(options.ClientIdleTimeout);
        await using var idle = transport.Watch.Late.UnsafeRegister(static state => ((Http2Connection)state!).GoAway(), connection);
        if (await wire.RunAsync(transport.Gone))
        {
            await transport.CloseAsync(transport.Gone.IsCancellationRequested ? StopLimit : null);
        }
        else
        {
            transport.Reset();
        }

        Leave();
        await _drained.Task;
    }

    void IHttp2Handler.OnRequest(Http2Stream stream, RequestHead request, Http2RequestProblem? problem)
    {
        lock (_countLock)
        {
            _running++;
            transport.Watch.Relax();
        }

        // The reader goes on with the next frame.
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Server.ServeAsync(state.Stream, state.Request, state.Problem), (Server: this, Stream: stream, Request: request, Problem: problem), preferLocal: false);
    }

    private async Task ServeAsync(Http2Stream stream, RequestHead request, Http2RequestProblem? problem)
    {
        try
        {
            if (problem is null && destination is null && request.Method == "CONNECT" && !request.Headers.Contains(":protocol"u8) && options.ClientProtocols != HttpVersions.Http1)
            {
                await ServeTunnelAsync(stream, request);
                return;
            }

            var exchange = new Http2ClientExchange(stream, request);
            var server = destination ?? Named(request);
            await (problem is null
                ? pipeline.RunAsync(exchange, transport.Connection, server, Interlocked.Exchange(ref _known, null))
                : pipeline.RefuseAsync(exchange, transport.Connection, server, problem.Status, problem.Reason));
        }
        finally
        {
            stream.Release();
            Leave();
        }
    }

    /// <summary>A tunnel in a stream (RFC 9113, section 8.5): what comes inside is looked at as it is in one over HTTP/1.1.</summary>
    private async Task ServeTunnelAsync(Http2Stream stream, RequestHead request)
    {
        if (!Destination.TryParseAuthority(request.Target, 0, out var host, out var port))
        {
            await pipeline.RefuseAsync(new Http2ClientExchange(stream, request), transport.Connection, null, 400, $"CONNECT asks for '{request.Target}', which is not host:port.");
            return;
        }

        try
        {
            stream.SendResponse(ResponseHead.Create("HTTP/2", 200, "", []), isLast: false);
            stream.Flush();
        }
        catch (IOException)
        {
            return; // The client has changed its mind.
        }

        await serveTunnel(stream, new Destination(false, host, port));
    }

    private void Leave()
    {
        lock (_countLock)
        {
            switch (--_running)
            {
                case 0:
                    _drained.TrySetResult();
                    break;
                case 1:
                    transport.Watch.Expect(options.ClientIdleTimeout);
                    break;
            }
        }
    }

    /// <summary>On a proxy port, each request says itself where it goes.</summary>
    private static Destination? Named(RequestHead request)
    {
        var isTls = request.Pseudo.Scheme is "https" or "wss";
        return request.Headers.Find("host"u8) is { } authority && Destination.TryParseAuthority(authority, isTls ? 443 : 80, out var host, out var port)
            ? new Destination(isTls, host, port)
            : null;
    }
}
