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
    UpstreamException? known) : IHttp2Handler
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private UpstreamException? _known = known;
    private readonly Lock _countLock = new();
    private int _running = 1;

    /// <summary>Serves the connection until it ends; every exchange has reached its end, too, when it returns.</summary>
    public async Task RunAsync()
    {
        var connection = new Http2Connection(transport.IsTls, options.MaxHeadSize, time, this);
        var wire = new Http2Wire(connection, transport.Reader, transport.Stream);
        wire.Start();
        transport.Watch.Expect(options.ClientIdleTimeout);
        await using var idle = transport.Watch.Late.UnsafeRegister(static state => ((Http2Connection)state!).GoAway(), connection);
        if (await wire.RunAsync(transport.Gone))
        {
            await transport.CloseAsync();
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
            var exchange = new Http2ClientExchange(stream, request);
            var server = destination ?? Named(request);
            problem ??= WhyNotServed(request);
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

    private static Http2RequestProblem? WhyNotServed(RequestHead request) =>
        request.Method == "CONNECT" && request.Headers.Find(":protocol"u8) is not "websocket"
            ? new Http2RequestProblem(501, request.Headers.Find(":protocol"u8) is { } protocol
                ? $"The request asks for the protocol '{protocol}' within HTTP/2; MitmWeb passes WebSockets on, and no others."
                : "The request asks for a tunnel within a tunnel (CONNECT over HTTP/2), which MitmWeb does not open.")
            : null;

    /// <summary>On a proxy port, each request says itself where it goes.</summary>
    private static Destination? Named(RequestHead request)
    {
        var isTls = request.Pseudo.Scheme is "https" or "wss";
        return request.Headers.Find("host"u8) is { } authority && Destination.TryParseAuthority(authority, isTls ? 443 : 80, out var host, out var port)
            ? new Destination(isTls, host, port)
            : null;
    }
}
