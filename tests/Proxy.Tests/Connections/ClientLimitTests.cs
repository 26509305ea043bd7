using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Connections;

/// <summary>How long clients may take, and how they are told.</summary>
public sealed class ClientLimitTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("GET http://x.test/ HTTP/1.1\r\nHost: x.t")]
    [InlineData("GET http://x.te")]
    public async Task HeadTimeout_HeadThatStops_Gets408AndAnErrorFlow(string begin)
    {
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientHeadTimeout = Short });
        using var client = await proxy.ConnectAsync();

        await client.SendAsync(begin);

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("did not complete its head within 0.1 seconds", answer, StringComparison.Ordinal);
        Assert.Contains("--client-head-timeout", answer, StringComparison.Ordinal);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowState.Error, FlowStep.Request, "GET"), (flow.State, flow.Error!.Step, flow.Request!.Method));
    }

    [Fact]
    public async Task HeadTimeout_SecondHeadThatStops_Gets408AfterTheFirstAnswer()
    {
        await using var server = new RawServer(static async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientHeadTimeout = Short });
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\n");

        Assert.StartsWith("HTTP/1.1 204 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadTimeout_ClientHelloThatStops_EndsWithAnErrorFlow()
    {
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientHeadTimeout = Short });
        using var client = await proxy.TunnelAsync("x.test:443");

        await client.SendAsync("\u0016\u0003\u0001\u0002\u0000\u0001");

        Assert.Equal("", await client.ReadToEndAsync());
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Tls, FlowStep.ClientTls, "x.test"), (flow.Kind, flow.Error!.Step, flow.Host));
        Assert.Contains("did not complete it in time", flow.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IdleTimeout_ClientThatNeverSpeaks_IsClosedQuietly()
    {
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientIdleTimeout = Short });
        using var client = await proxy.ConnectAsync();

        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Empty(proxy.Sink.Ended);
    }

    [Fact]
    public async Task IdleTimeout_BetweenRequests_IsClosedQuietly()
    {
        await using var server = new RawServer(static async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientIdleTimeout = TimeSpan.FromSeconds(5) });
        using var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal("HTTP/1.1 204 No Content\r\n\r\n", await client.ReadToEndAsync());
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
        Assert.Single(proxy.Sink.Ended);
    }

    [Fact]
    public async Task IdleTimeout_ExchangeThatRunsLonger_IsNotTouched()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await go.Task;
            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientIdleTimeout = TimeSpan.FromSeconds(5), ClientHeadTimeout = TimeSpan.FromSeconds(5) });
        using var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        using (var idle = await proxy.ConnectAsync())
        {
            // When this one, begun later, has been closed for its silence, the limit has passed for the other, too.
            Assert.Equal("", await idle.ReadToEndAsync());
        }

        go.SetResult();

        Assert.StartsWith("HTTP/1.1 204 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IdleTimeout_Http2_SaysGoAwayAndCloses()
    {
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientIdleTimeout = Short });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0");

        var frames = await client.ReadToEndAsync();

        var types = new List<(FrameType Type, char Code)>();
        while (frames.Length > 0)
        {
            var length = (frames[0] << 16) | (frames[1] << 8) | frames[2];
            types.Add(((FrameType)frames[3], length >= 8 ? frames[16] : '\0'));
            frames = frames[(9 + length)..];
        }

        Assert.Equal((FrameType.GoAway, '\0'), types[^1]);
        Assert.Empty(proxy.Sink.Ended);
    }
}
