using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Http2;
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

    [Fact]
    public async Task IdleConnections_MoreThanFitForOneServer_TheOldestIsClosed()
    {
        var ended = new SemaphoreSlim(0);
        await using var server = Http1Listener(ended);
        await using var pool = NewPool(new ManualTime(), options => options with { MaxIdlePerServer = 2 });

        await RunTogetherAsync(pool, server, server, server);

        Assert.True(await ended.WaitAsync(Soon));
        await RunTogetherAsync(pool, server, server);
        Assert.Equal(3, server.Connections);
        Assert.Equal(0, ended.CurrentCount);
    }

    [Fact]
    public async Task IdleConnections_MoreThanFitForAllServers_TheOldestIsClosed()
    {
        var ended = new SemaphoreSlim(0);
        var endedOfFirst = new SemaphoreSlim(0);
        await using var first = Http1Listener(endedOfFirst);
        await using var second = Http1Listener(ended);
        await using var third = Http1Listener(ended);
        await using var pool = NewPool(new ManualTime(), options => options with { MaxIdleConnections = 2 });

        await RunTogetherAsync(pool, first, second, third);

        Assert.True(await endedOfFirst.WaitAsync(Soon));
        await RunTogetherAsync(pool, second, third);
        Assert.Equal((1, 1), (second.Connections, third.Connections));
    }

    [Fact]
    public async Task IdleConnections_NoneAreKept_EachExchangeHasItsOwn()
    {
        var ended = new SemaphoreSlim(0);
        await using var server = Http1Listener(ended);
        await using var pool = NewPool(new ManualTime(), options => options with { MaxIdleConnections = 0 });

        await ExchangeAsync(pool, server);
        await ExchangeAsync(pool, server);

        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task IdleHttp2Connections_ForWhichThereIsNoRoom_AreClosed()
    {
        var ended = new SemaphoreSlim(0);
        await using var first = Http2Listener(ended);
        await using var second = Http2Listener(ended);
        var time = new ManualTime();
        await using var pool = NewPool(time, options => options with { MaxIdleConnections = 1 });
        Assert.True(await pool.SpeaksHttp2Async(To(first), default));
        Assert.True(await pool.SpeaksHttp2Async(To(second), default));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await ended.WaitAsync(Soon));
        Assert.Equal(0, ended.CurrentCount);
    }

    [Fact]
    public async Task Turns_AsManyAsMayRun_TheNextWaitsUntilOneEnds()
    {
        var ended = new SemaphoreSlim(0);
        await using var server = Http1Listener(ended);
        await using var other = Http1Listener(ended);
        await using var pool = NewPool(new ManualTime(), options => options with { MaxExchangesPerServer = 2 });
        var first = await SendAsync(pool, server);
        var second = await SendAsync(pool, server);
        using var stop = new CancellationTokenSource();

        var givenUp = BeginAsync(pool, server, stop.Token);
        var third = BeginAsync(pool, server);
        var fourth = BeginAsync(pool, server);
        await ExchangeAsync(pool, other);
        Assert.False(givenUp.IsCompleted || third.IsCompleted || fourth.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        first.Release();
        first.Abort(Http2ErrorCode.Cancel);

        var begun = await third.WaitAsync(Soon);
        Assert.False(fourth.IsCompleted);
        second.Abort(Http2ErrorCode.Cancel);
        (await fourth.WaitAsync(Soon)).Abort(Http2ErrorCode.Cancel);
        begun.Abort(Http2ErrorCode.Cancel);
        await ExchangeAsync(pool, server);
    }

    [Fact]
    public async Task Turns_ServerThatCannotBeReached_AreGivenBack()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var pool = NewPool(new ManualTime(), options => options with { MaxExchangesPerServer = 1 });
        var destination = new Destination(false, "127.0.0.1", ((IPEndPoint)nobody.LocalEndPoint!).Port);

        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<UpstreamException>(() => pool.BeginAsync(destination, default, null, false, default).AsTask().WaitAsync(Soon));
        }
    }

    /// <summary>Exchanges that run at the same time, and end in their order.</summary>
    private static async Task RunTogetherAsync(UpstreamPool pool, params RawServer[] servers)
    {
        var running = new List<ServerExchange>();
        foreach (var server in servers)
        {
            running.Add(await SendAsync(pool, server));
        }

        running.ForEach(static exchange => exchange.Release());
    }

    private static Task<ServerExchange> BeginAsync(UpstreamPool pool, RawServer server, CancellationToken cancellationToken = default) =>
        pool.BeginAsync(new Destination(false, "127.0.0.1", server.Port), default, null, false, cancellationToken).AsTask();

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

    private static UpstreamPool NewPool(ManualTime time, Func<ProxyOptions, ProxyOptions>? configure = null)
    {
        var options = new ProxyOptions { SslInsecure = true };
        options = configure?.Invoke(options) ?? options;
        return new UpstreamPool(options, new UpstreamConnector(options, new MemorySink(), TimeProvider.System), time);
    }
}
