using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http;

/// <summary>
/// The HTTP/2 side towards clients: a Kestrel of its own that listens on no socket but is fed with connections whose plaintext is
/// ready. It serves proxied traffic and nothing else, so no proxied request can ever reach the dashboard.
/// </summary>
internal sealed class Http2Server : IAsyncDisposable
{
    private readonly KestrelServer _kestrel;
    private readonly InMemoryListener _listener = new();
    private readonly ExchangePipeline _pipeline;

    public Http2Server(ExchangePipeline pipeline, ProxyOptions options, ILoggerFactory loggers)
    {
        _pipeline = pipeline;
        var kestrel = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowAlternateSchemes = true,
            AllowHostHeaderOverride = true,
            RequestHeaderEncodingSelector = static _ => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
            ApplicationServices = new ServiceCollection().AddSingleton(loggers).BuildServiceProvider(),
        };
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxRequestHeaderCount = 10_000;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxHeadSize;
        kestrel.Limits.KeepAliveTimeout = Timeout.InfiniteTimeSpan;
        kestrel.Limits.RequestHeadersTimeout = Timeout.InfiniteTimeSpan;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = options.MaxHeadSize;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 250;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 8 * 1024 * 1024;
        kestrel.Listen(InMemoryListener.Address, static listen => listen.Protocols = HttpProtocols.Http2);

        // Kestrel logs each connection that a client breaks off; the flows say that better.
        _kestrel = new KestrelServer(Options.Create(kestrel), _listener, NullLoggerFactory.Instance);
    }

    public Task StartAsync(CancellationToken cancellationToken) => _kestrel.StartAsync(new Application(_pipeline), cancellationToken);

    /// <summary>Serves a client's connection until it ends.</summary>
    public async Task ServeAsync(ClientTransport transport, Destination destination, UpstreamException? known)
    {
        var context = new StreamConnection(transport, new Http2Peer(transport.Connection, destination, known));
        if (_listener.TryAdd(context))
        {
            await context.Ended;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        try
        {
            await _kestrel.StopAsync(atOnce.Token);
        }
        catch (OperationCanceledException)
        {
            // That is what was asked for.
        }

        _kestrel.Dispose();
    }

    private sealed class Application(ExchangePipeline pipeline) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context)
        {
            var peer = context.Features.GetRequiredFeature<Http2Peer>();
            var exchange = new Http2ClientExchange(context);
            return exchange.Refusal is { } reason
                ? pipeline.RefuseAsync(exchange, peer.Connection, peer.Destination, 400, reason)
                : pipeline.RunAsync(exchange, peer.Connection, peer.Destination, peer.TakeKnown());
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }

    /// <summary>Hands connections to Kestrel as if a socket had accepted them.</summary>
    private sealed class InMemoryListener : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
    {
        public static readonly EndPoint Address = new InMemoryEndPoint();

        private readonly Channel<ConnectionContext> _waiting = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });

        public EndPoint EndPoint => Address;

        public bool TryAdd(ConnectionContext connection) => _waiting.Writer.TryWrite(connection);

        public void Stop() => _waiting.Writer.TryComplete();

        public bool CanBind(EndPoint endpoint) => endpoint is InMemoryEndPoint;

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(this);

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
            {
                if (_waiting.Reader.TryRead(out var connection))
                {
                    return connection;
                }
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            Stop();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();

        private sealed class InMemoryEndPoint : EndPoint
        {
            public override string ToString() => "in memory";
        }
    }
}
