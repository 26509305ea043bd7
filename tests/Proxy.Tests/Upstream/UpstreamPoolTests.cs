using System.Net.Security;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Tests.Support;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Tests.Upstream;

public sealed class UpstreamPoolTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task SessionOpenedAheadAndNeverUsed_IsClosedWhenItsTimeIsOver()
    {
        var ended = new SemaphoreSlim(0);
        await using var server = Http2Listener(ended);
        var time = new ManualTime();
        await using var pool = NewPool(time);

        Assert.True(await pool.SpeaksHttp2Async(To(server), default));
        time.Advance(TimeSpan.FromSeconds(61));

        Assert.True(await ended.WaitAsync(Soon));
    }

    [Fact]
    public async Task ManyAskAtOnce_OnlyOneConnectionIsKept()
    {
        const int Count = 10;
        var ended = new SemaphoreSlim(0);
        await using var server = Http2Listener(ended);
        await using var pool = NewPool(new ManualTime());

        var answers = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => pool.SpeaksHttp2Async(To(server), default).AsTask()));

        Assert.All(answers, Assert.True);
        for (var i = 0; i < server.Connections - 1; i++)
        {
            Assert.True(await ended.WaitAsync(Soon));
        }

        Assert.Equal(0, ended.CurrentCount);
    }

    [Fact]
    public async Task IdleConnection_IsClosedWhenItsTimeIsOver()
    {
        var ended = new SemaphoreSlim(0);
        await using var server = Http1Listener(ended);
        var time = new ManualTime();
        await using var pool = NewPool(time);

        await ExchangeAsync(pool, server);
        time.Advance(TimeSpan.FromSeconds(59));
        await ExchangeAsync(pool, server);
        Assert.Equal(1, server.Connections);
        time.Advance(TimeSpan.FromSeconds(61));

        Assert.True(await ended.WaitAsync(Soon));
        await ExchangeAsync(pool, server);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task ConnectionOpenedAhead_ServesTheFirstExchange()
    {
        var ended = new SemaphoreSlim(0);
        await using var server = Http1Listener(ended, RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11));
        await using var pool = NewPool(new ManualTime());

        Assert.False(await pool.SpeaksHttp2Async(To(server), default));
        await ExchangeAsync(pool, server, isTls: true);
        await ExchangeAsync(pool, server, isTls: true);

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task ConnectionThatComesBackAfterTheEnd_IsClosed()
    {
        var ended = new SemaphoreSlim(0);
        await using var server = Http1Listener(ended);
        var pool = NewPool(new ManualTime());
        var exchange = await SendAsync(pool, server);

        await pool.DisposeAsync();
        exchange.Release();

        Assert.True(await ended.WaitAsync(Soon));
    }

    private static async Task ExchangeAsync(UpstreamPool pool, RawServer server, bool isTls = false) => (await SendAsync(pool, server, isTls)).Release();

    private static async Task<ServerExchange> SendAsync(UpstreamPool pool, RawServer server, bool isTls = false)
    {
        var exchange = await pool.BeginAsync(new Destination(isTls, "127.0.0.1", server.Port), new UpstreamNeed(Http2Use.Avoided, ConnectProtocol: false), null, false, default);
        await exchange.SendHeadAsync(RequestHead.Create("GET", "/", "HTTP/1.1", []), BodySource.None, default);
        await exchange.CompleteRequestAsync(null, default);
        Assert.Equal(204, (await exchange.ReadHeadAsync(default)).Status);
        return exchange;
    }

    private static RawServer Http1Listener(SemaphoreSlim ended, SslServerAuthenticationOptions? tls = null) => new(
        async peer =>
        {
            try
            {
                while (true)
                {
                    await peer.ReadHeadAsync();
                    await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
                }
            }
            finally
            {
                ended.Release();
            }
        },
        tls);

    private static RawServer Http2Listener(SemaphoreSlim ended) => new(
        async peer =>
        {
            try
            {
                await peer.ReadToEndAsync();
            }
            finally
            {
                ended.Release();
            }
        },
        RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http2));

    private static Destination To(RawServer server) => new(true, "127.0.0.1", server.Port);

    private static UpstreamPool NewPool(ManualTime time)
    {
        var options = new ProxyOptions { SslInsecure = true };
        return new UpstreamPool(options, new UpstreamConnector(options, new MemorySink(), TimeProvider.System), time);
    }
}
