using System.Net.Sockets;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>The two halves of an exchange, where one ends before or without the other.</summary>
public sealed class ExchangeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", true)]
    [InlineData("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", true)]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("PATCH / HTTP/1.1\r\nHost: x\r\n\r\n", false)]
    [InlineData("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi", false)]
    [InlineData("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", false)]
    public async Task ReusedConnectionDiesWithTheRequest_IsSentAgainOnlyWhenThatDoesNoHarm(string request, bool isRepeated)
    {
        var method = request.Split(' ')[0];
        var seen = 0;
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            if (Interlocked.Increment(ref seen) != 2)
            {
                await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                await peer.ReadHeadAsync();
                Interlocked.Increment(ref seen); // … and closes without an answer.
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.ReadHeadAsync();

        await client.SendAsync(request);

        var answer = await client.ReadHeadAsync();
        Assert.True(answer.StartsWith(isRepeated ? "HTTP/1.1 200 " : "HTTP/1.1 502 ", StringComparison.Ordinal), $"{method}: {answer}");
        Assert.Equal(isRepeated ? 2 : 1, server.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerRefusesAnUploadEarly_ClientGetsTheAnswerAndTheExchangeEnds(bool serverCloses)
    {
        const string Answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!";
        var ended = new TaskCompletionSource();
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync(Answer);
            await (serverCloses ? Task.CompletedTask : ended.Task); // It never reads the body.
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
        var upload = Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            var data = new byte[64 * 1024];
            while (true)
            {
                await client.Stream.WriteAsync(data);
            }
        });

        Assert.Equal(Answer, await client.ReadHeadAsync() + await client.ReadAsync(3));

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowState.Done, 413), (flow.State, flow.Response!.Status));
        await upload.WaitAsync(Soon);
        ended.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientLeavesInTheMiddleOfItsUploadWhileTheResponseRuns_ServerIsLetGo(bool reset)
    {
        var ended = new TaskCompletionSource();
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            try
            {
                await peer.ReadToEndAsync();
            }
            finally
            {
                ended.SetResult();
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsome");
        await client.ReadUntilAsync("a\r\n");

        client.Socket.LingerState = new LingerOption(reset, 0);
        client.Dispose();

        await ended.Task.WaitAsync(Soon);
        Assert.Equal(FlowState.Error, (await proxy.Sink.NextAsync()).State);
    }

    [Fact]
    public async Task BadChunkWhileTheResponseRuns_IsSaid()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.ReadUntilAsync("a\r\n");

        await client.SendAsync("zz\r\n");

        await Assert.ThrowsAsync<IOException>(client.ReadToEndAsync);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowStep.Request, flow.Error!.Step);
        Assert.Contains("hexadecimal", flow.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectWithinATunnel_BecomesATunnelThroughTheNextProxy()
    {
        await using var server = new RawServer(async peer =>
        {
            Assert.StartsWith("CONNECT inner.test:1 HTTP/1.1\r\n", await peer.ReadHeadAsync(), StringComparison.Ordinal);
            await peer.SendAsync("HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\n+hello");
            await peer.SendAsync("+" + await peer.ReadUntilAsync("\n"));
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("CONNECT inner.test:1 HTTP/1.1\r\nHost: inner.test:1\r\n\r\n");
        await client.ReadHeadAsync();
        Assert.Equal("+hello", await client.ReadAsync(6));
        await client.SendAsync("PING\n");
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("+PING\n", await client.ReadToEndAsync());
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
    }

    [Fact]
    public async Task Http10Client_GetsNoInterimResponse()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");

        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", await client.ReadToEndAsync());
        Assert.Single((await proxy.Sink.NextAsync()).Interim);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/2 200\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    public async Task ResponseThatEndsItsConnection_EndsTheClientsToo(string answer)
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync(answer);
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(answer, await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData("Transfer-Encoding : chunked\r\n")]
    [InlineData("X: y\r\n Transfer-Encoding: chunked\r\n")]
    [InlineData("X: y\nTransfer-Encoding: chunked\r\n")]
    [InlineData("X: y\rTransfer-Encoding: chunked\r\n")]
    public async Task HiddenTransferEncoding_IsRefusedAndTheConnectionEnds(string line)
    {
        await using var server = new RawServer(peer => peer.ReadToEndAsync());
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n{line}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
        Assert.Single(proxy.Sink.Ended);
    }

    [Theory]
    [InlineData("Content-Length : 2\r\n")]
    [InlineData("X: a\rb\r\nContent-Length: 2\r\n")]
    [InlineData("X: \0\r\nContent-Length: 2\r\n")]
    [InlineData("Transfer-Encoding: chunked, x\r\n")]
    public async Task ResponseThatCouldBeReadInTwoWays_Gives502(string lines)
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync($"HTTP/1.1 200 OK\r\n{lines}\r\nok");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InterimResponsesWithoutEnd_AreGivenUp()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            while (true)
            {
                await peer.SendAsync("HTTP/1.1 102 Processing\r\n\r\n");
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        await client.ReadUntilAsync("HTTP/1.1 502 ");
        Assert.Contains("interim", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PassedThroughConnection_ResetByTheClient_EndsItsFlow()
    {
        var got = new TaskCompletionSource();
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadUntilAsync("\n");
            got.SetResult();
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync("*1\r\n");
        await got.Task;

        client.Socket.LingerState = new LingerOption(true, 0);
        client.Dispose();

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Tcp, FlowState.Error), (flow.Kind, flow.State));
    }
}
