using System.Net;
using System.Text;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>HTTP/2 clients and HTTP/1.1 servers: what one side can say must not become something else on the other.</summary>
public sealed class TranslationTests
{
    [Fact]
    public async Task Http2Request_ToHttp1Server_BecomesOneOfHttp11()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = new RawServer(async peer =>
        {
            seen.TrySetResult(await peer.ReadHeadAsync() + await peer.ReadUntilAsync("0\r\n\r\n"));
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var proxy = await TestProxy.StartAsync();
        using var tunnel = await proxy.TunnelAsync(server.Authority);
        var client = await RawHttp2.StartAsync(tunnel.Stream);

        await client.SendHeadersAsync(1, false, [.. Pseudo("POST", "/a/../b%2f?x"), ("x-a", "1"), ("cookie", "a=1"), ("cookie", "b=2"), ("x-a", "caf\u00e9")]);
        await client.SendDataAsync(1, false, "hello");
        await client.SendDataAsync(1, true, "");

        Assert.Equal((RawHttp2.Headers, 0u), await client.ReadOutcomeAsync(1));
        var request = await seen.Task;
        Assert.StartsWith("POST /a/../b%2f?x HTTP/1.1\r\nHost: example.test\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", request, StringComparison.Ordinal);

        // In order; the cookies in one line, because an HTTP/1.1 server expects one (RFC 9113, section 8.2.3).
        Assert.Contains("\r\nx-a: 1\r\ncookie: a=1; b=2\r\nx-a: caf\u00e9\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/", "x", "a\r\nInjected: 1")]
    [InlineData("GET", "/", "x", "a\nInjected: 1")]
    [InlineData("GET", "/", "x", "a\rInjected: 1")]
    [InlineData("GET", "/", "x", "a\0")]
    [InlineData("GET", "/", "x\r\ninjected", "1")]
    [InlineData("GET", "/", "x: 1\r\ninjected", "1")]
    [InlineData("GET", "/", "x y", "1")]
    [InlineData("GET", "/", "x:", "1")]
    [InlineData("GET", "/", "", "1")]
    [InlineData("GET", "/", "transfer-encoding", "chunked")]
    [InlineData("GET", "/", "transfer-encoding ", "chunked")]
    [InlineData("GET", "/", "connection", "close")]
    [InlineData("GET", "/", "content-length", "5")]
    [InlineData("GET", "/", "content-length", "5, 5")]
    [InlineData("GET", "/ HTTP/1.1\r\nInjected: 1", "x", "1")]
    [InlineData("GET", "/ HTTP/1.1", "x", "1")]
    [InlineData("GET", "/\r", "x", "1")]
    [InlineData("GET", "", "x", "1")]
    [InlineData("GET / HTTP/1.1\r\nInjected: 1\r\n\r\nGET", "/", "x", "1")]
    [InlineData("GET x", "/", "x", "1")]
    [InlineData("", "/", "x", "1")]
    [InlineData("CONNECT", "/", "x", "1")]
    public async Task Http2Request_ThatHttp11CouldTakeForAnother_NeverReachesTheServer(string method, string path, string name, string value)
    {
        var heads = new List<string>();
        await using var server = new RawServer(async peer =>
        {
            while (true)
            {
                heads.Add(await peer.ReadHeadAsync());
                await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var tunnel = await proxy.TunnelAsync(server.Authority);
        var client = await RawHttp2.StartAsync(tunnel.Stream);

        await client.SendHeadersAsync(1, true, [.. Pseudo(method, path), (name, value)]);

        var outcome = await client.ReadOutcomeAsync(1);
        Assert.True(heads.Count == 0, $"{outcome}: the server got '{string.Concat(heads)}'");
    }

    [Fact]
    public async Task Http2Request_ShorterThanItsContentLength_DoesNotTakeTheNextOneForItsBody()
    {
        var heads = new List<string>();
        await using var server = new RawServer(async peer =>
        {
            while (true)
            {
                heads.Add(await peer.ReadHeadAsync());
                await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var tunnel = await proxy.TunnelAsync(server.Authority);
        var client = await RawHttp2.StartAsync(tunnel.Stream);

        await client.SendHeadersAsync(1, false, [.. Pseudo("POST", "/first"), ("content-length", "100")]);
        await client.SendDataAsync(1, true, "short");
        await client.ReadOutcomeAsync(1);
        await client.SendHeadersAsync(3, true, Pseudo("GET", "/second"));
        await client.ReadOutcomeAsync(3);

        Assert.Contains(heads, head => head.StartsWith("GET /second HTTP/1.1\r\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\nName With Space : x\r\nX-Fold: a\r\n  b\r\nContent-Length: 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Control: a\u0001b\r\nContent-Length: 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n", "")]
    [InlineData("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", "")]
    [InlineData("HTTP/1.1 999 Weird\r\nContent-Length: 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nbad name: 2\r\nX-Control: \u0001\r\n\r\n", "ok")]
    public async Task Http1Response_OddButReadable_ReachesHttp2Client(string answer, string body)
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync(answer);
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = PriorKnowledge(proxy, server);

        using var response = await client.GetAsync("http://example.test/");

        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Equal(int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), (int)response.StatusCode);
        Assert.False(response.Headers.Contains("X-Hop"));
        if (answer.Contains("X-Fold", StringComparison.Ordinal))
        {
            Assert.Equal("a b", response.Headers.GetValues("X-Fold").Single());
        }

        var flow = await proxy.Sink.NextAsync();
        Assert.Null(flow.Error);
        Assert.Equal(answer[..(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)], Encoding.Latin1.GetString(flow.Response!.Raw));
    }

    [Fact]
    public async Task Http1Trailers_ReachHttp2Client()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = PriorKnowledge(proxy, server);

        using var response = await client.GetAsync("http://example.test/");

        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        Assert.Equal("42", response.TrailingHeaders.GetValues("X-Sum").Single());
        Assert.Equal("42", (await proxy.Sink.NextAsync()).ResponseTrailers!.Find("x-sum"u8));
    }

    /// <summary>An HTTP/2 client without TLS, in a tunnel through the proxy.</summary>
    private static HttpClient PriorKnowledge(TestProxy proxy, RawServer server) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, _) => (await proxy.TunnelAsync(server.Authority)).Stream,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static (string Name, string Value)[] Pseudo(string method, string path) =>
        [(":method", method), (":scheme", "http"), (":path", path), (":authority", "example.test")];
}
