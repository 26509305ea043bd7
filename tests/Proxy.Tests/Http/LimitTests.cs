using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>Limits that the user has set, and what is said when one is reached.</summary>
public sealed class LimitTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact]
    public async Task FirstByteTimeout_ServerThatSaysNothing_Gives504()
    {
        await using var server = new RawServer(peer => peer.ReadToEndAsync());
        await using var proxy = await TestProxy.StartAsync(options => options with { FirstByteTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync(Get);

        Assert.StartsWith("HTTP/1.1 504 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowStep.Response, flow.Error!.Step);
        Assert.Contains("did not begin its response within 0.2 seconds", flow.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodyIdleTimeout_ServerThatPauses_BreaksTheResponseOff()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { BodyIdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync(Get);

        await Assert.ThrowsAsync<IOException>(client.ReadToEndAsync);
        var flow = await proxy.Sink.NextAsync();
        Assert.Contains("sent nothing for 0.2 seconds", flow.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("some", Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Response)));
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n01234567890")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n")]
    public async Task BodySizeLimit_LongerRequest_Gives413(string request)
    {
        await using var server = new RawServer(peer => peer.ReadToEndAsync());
        await using var proxy = await TestProxy.StartAsync(options => options with { BodySizeLimit = 10 });
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync(request);

        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Contains("longer than the limit of 10 bytes", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodySizeLimit_LongerResponseThatSaysSo_Gives502()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { BodySizeLimit = 10 });
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync(Get);

        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Contains("response's body is longer", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodySizeLimit_ResponseThatGrowsBeyond_IsBrokenOff()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n");
            await peer.SendAsync("8\r\n01234567\r\n0\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { BodySizeLimit = 10 });
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync(Get);

        await Assert.ThrowsAsync<IOException>(client.ReadToEndAsync);
        Assert.Equal(FlowState.Error, (await proxy.Sink.NextAsync()).State);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "hello")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\rc\r\nX-Fold: a\r\n b\r\nSpace : 1\r\n\r\n", "")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello")]
    public async Task ValidationOff_AmbiguousRequest_PassesByteForByteOverAConnectionOfItsOwn(string request, string body)
    {
        var seen = new List<string>();
        await using var server = new RawServer(async peer =>
        {
            while (true)
            {
                seen.Add(await peer.ReadAsync(request.Length));
                await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc");
            }
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { ValidateInboundHeaders = false });
        for (var i = 0; i < 2; i++)
        {
            using var client = await proxy.TunnelAsync(server.Authority);
            await client.SendAsync(request);
            await client.ReadHeadAsync();
            Assert.Equal("abc", await client.ReadAsync(3));
            var flow = await proxy.Sink.NextAsync();
            Assert.Null(flow.Error);
            Assert.Equal(body, Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Request)));
        }

        Assert.Equal([request, request], seen);
        Assert.Equal(2, server.Connections);
    }
}
