using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>What a client sends reaches the server byte for byte, and the other way round; and that is what is recorded.</summary>
public sealed class WireTruthTests
{
    private const string OddRequestHeaders =
        "hOsT: example.test\r\nX-Dup: a\r\nAccept: */*\r\nx-dup:b\r\nX-Empty:\r\nX-Space:   two  spaces  \r\nX-Latin: caf\u00e9 \u00ff\r\n"
        + "X(Bad): kept\r\nCookie: a=1\r\nCookie: b=2\r\nTE: trailers\r\nUpgrade-Insecure-Requests: 1\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nUser-Agent: t\r\n";

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("get", "/lower")]
    [InlineData("PURGE", "/a/../b//c%2fd?x=%zz&y={}|\"<>")]
    [InlineData("GET", "/caf\u00e9?%00=\u00ff")]
    [InlineData("OPTIONS", "*")]
    [InlineData("M-SEARCH", "/x#y")]
    public async Task InnerRequest_OddButLegal_ReachesServerByteForByte(string method, string target)
    {
        var head = $"{method} {target} HTTP/1.1\r\n{OddRequestHeaders}\r\n";
        var seen = new TaskCompletionSource<string>();
        await using var server = new RawServer(
            async peer =>
            {
                seen.TrySetResult(await peer.ReadHeadAsync());
                await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            },
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1")));
        await using var proxy = await TestProxy.StartAsync();
        var (client, _) = await proxy.SecureAsync(server.Authority, "127.0.0.1");

        await client.SendAsync(head);

        Assert.Equal("HTTP/1.1 204 No Content\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal(head, await seen.Task);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(head, Encoding.Latin1.GetString(flow.Request!.Raw));
        Assert.Equal(FlowState.Done, flow.State);
        Assert.Equal(target, flow.Path);
    }

    [Fact]
    public async Task PlainRequest_AbsoluteForm_BecomesOriginFormAndNothingElseChanges()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = new RawServer(async peer =>
        {
            seen.TrySetResult(await peer.ReadHeadAsync());
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.ConnectAsync();
        const string Path = "/a/../b//c%2fd?x=%zz";

        await client.SendAsync($"GET http://{server.Authority}{Path} HTTP/1.1\r\n{OddRequestHeaders}Proxy-Connection: Keep-Alive\r\nX-Last: 1\r\n\r\n");

        await client.ReadHeadAsync();
        Assert.Equal($"GET {Path} HTTP/1.1\r\n{OddRequestHeaders}X-Last: 1\r\n\r\n", await seen.Task);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(("http", "127.0.0.1", server.Port, Path), (flow.Scheme, flow.Host, flow.Port, flow.Path));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 Fine Indeed\r\nset-cookie: a=1\r\nX-B: 1\r\nSet-Cookie: b=2\r\nAlt-Svc: h3=\":443\"\r\nX-Latin: caf\u00e9\r\nContent-Length: 5\r\n\r\n", "hello")]
    [InlineData("HTTP/1.1 999 Weird\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "hello")]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Fold: a\r\n  b\r\nName With Space : x\r\nno colon here\r\nContent-Length: 5\r\n\r\n", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n", "5;ext=\"q;\"\r\nhello\r\n0005\r\nworld\r\n0;last\r\nX-Sum: 1\r\nx-two:2\r\n\r\n")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\nETag: \"x\"\r\n\r\n", "")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\n\n", "hello")]
    public async Task Response_AsTheServerSentIt_ReachesClientByteForByte(string head, string body)
    {
        await using var server = new RawServer(async peer =>
        {
            while (true)
            {
                await peer.ReadHeadAsync();
                await peer.SendAsync(head + body);
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        // Twice over the same connection: the end of the first is found where it is.
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.Equal(head + body, await client.ReadAsync(head.Length + body.Length));
            var flow = await proxy.Sink.NextAsync();
            Assert.Equal(head, Encoding.Latin1.GetString(flow.Response!.Raw));
            Assert.Equal(i == 1, flow.ServerReused);
        }

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Chunked_BothWays_IsRecordedWithoutFramingAndWithTrailers()
    {
        const string Chunks = "3\r\nabc\r\n10;x=y\r\n0123456789abcdef\r\n0\r\nX-Trailer: t\r\n\r\n";
        var seen = new TaskCompletionSource<string>();
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            seen.TrySetResult(await peer.ReadAsync(Chunks.Length));
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks);
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");

        // Byte by byte: the framing is found wherever it is cut.
        foreach (var c in Chunks)
        {
            await client.SendAsync(c.ToString());
        }

        await client.ReadHeadAsync();
        Assert.Equal(Chunks, await client.ReadAsync(Chunks.Length));
        Assert.Equal(Chunks, await seen.Task);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal("abc0123456789abcdef", Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Request)));
        Assert.Equal("abc0123456789abcdef", Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Response)));
        Assert.Equal("t", flow.RequestTrailers!.Find("X-Trailer"u8));
        Assert.Equal("t", flow.ResponseTrailers!.Find("X-Trailer"u8));
    }

    [Fact]
    public async Task Interim_InOnePacketWithTheFinalResponse_BothArrive()
    {
        const string Answer = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync(Answer);
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(Answer, await client.ReadAsync(Answer.Length));
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(103, Assert.Single(flow.Interim).Status);
        Assert.Equal(200, flow.Response!.Status);
    }

    [Fact]
    public async Task ExpectContinue_Willing_BodyIsSentAfterTheServerAskedForIt()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            var body = await peer.ReadAsync(4);
            await peer.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{body}");
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("body");

        await client.ReadHeadAsync();
        Assert.Equal("body", await client.ReadAsync(4));
    }

    [Fact]
    public async Task ExpectContinue_Refused_ClientGetsTheAnswerWithoutSendingItsBody()
    {
        const string Answer = "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n";
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync(Answer);
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");

        Assert.Equal(Answer, await client.ReadToEndAsync());
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
    }

    [Fact]
    public async Task Pipelined_ThreeRequests_AreAnsweredInOrder()
    {
        await using var server = new RawServer(async peer =>
        {
            while (true)
            {
                var target = (await peer.ReadHeadAsync()).Split(' ')[1];
                await peer.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {target.Length}\r\n\r\n{target}");
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /22 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /333 HTTP/1.1\r\nHost: x\r\n\r\n");

        foreach (var target in new[] { "/1", "/22", "/333" })
        {
            await client.ReadHeadAsync();
            Assert.Equal(target, await client.ReadAsync(target.Length));
        }
    }

    [Fact]
    public async Task CloseDelimited_Response_EndsWithTheConnection()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.0 200 OK\r\n\r\nall of it");
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");

        Assert.Equal("HTTP/1.0 200 OK\r\n\r\nall of it", await client.ReadToEndAsync());
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(9, flow.ResponseBodySize);
        Assert.Equal(FlowState.Done, flow.State);
    }

    [Fact]
    public async Task HalfClosedClient_StillGetsItsAnswer()
    {
        var asked = new TaskCompletionSource();
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await asked.Task;
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        asked.SetResult();

        Assert.EndsWith("\r\n\r\nok", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
