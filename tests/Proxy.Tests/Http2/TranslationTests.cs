using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>Where the two sides speak different versions, heads are translated as RFC 9113 demands, and no further.</summary>
public sealed class TranslationTests
{
    private static readonly (string Name, string Value)[] Get = [(":method", "GET"), (":scheme", "http"), (":authority", "x.test"), (":path", "/a%20b?c")];

    [Fact]
    public async Task Http2ToHttp1_CookiesAreJoinedAndTheHostIsThereOnce()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = new RawServer(async peer =>
        {
            var head = await peer.ReadHeadAsync();
            if (head.StartsWith("PRI ", StringComparison.Ordinal))
            {
                return; // Asked first whether it speaks HTTP/2, as the client seems to know.
            }

            seen.TrySetResult(head);
            await peer.SendAsync("HTTP/1.1 200 Fine\r\nX-B: 2\r\nSet-Cookie: a\r\nx-a:  1 \r\nset-cookie: b\r\nX-Fold: a\r\n b\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nContent-Length: 2\r\n\r\nok");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await ConnectPlainAsync(proxy, server);
        await client.HeadersAsync(1, true, [.. Get, ("cookie", "a=1"), ("x-a", "1"), ("cookie", "b=2"), ("x-a", "2"), ("host", "x.test"), ("te", "trailers")]);

        Assert.Equal(":status: 200\nx-b: 2\nset-cookie: a\nx-a: 1\nset-cookie: b\nx-fold: a b\ncontent-length: 2\n", await client.HeadAsync());
        Assert.Equal("ok", await client.BodyAsync());
        Assert.Equal("GET /a%20b?c HTTP/1.1\r\nHost: x.test\r\ncookie: a=1; b=2\r\nx-a: 1\r\nx-a: 2\r\nte: trailers\r\n\r\n", await seen.Task);

        // What is recorded is what each side sent.
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(2, flow.Request!.Headers.Count(field => field.Name == "cookie"));
        Assert.Contains("X-Fold: a\r\n b\r\n", Encoding.Latin1.GetString(flow.Response!.Raw), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2ToHttp1_BodyOfUnknownLength_IsChunkedWithItsTrailers()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = new RawServer(async peer =>
        {
            seen.TrySetResult(await peer.ReadHeadAsync() + await peer.ReadUntilAsync("x-sum: 9\r\n\r\n"));
            await peer.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n0\r\nX-T: 1\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await ConnectPlainAsync(proxy, server);
        await client.HeadersAsync(1, false, [(":method", "POST"), .. Get[1..]]);
        await client.DataAsync(1, false, "hello");
        await client.HeadersAsync(1, true, ("x-sum", "9"));

        Assert.Equal(":status: 103\nlink: </a>\n", await client.HeadAsync());
        Assert.Equal(":status: 200\n", await client.HeadAsync());
        Assert.Equal("abc", (await client.NextAsync()).Text);
        var trailers = await client.NextAsync();
        Assert.True(trailers.EndsStream);
        Assert.Equal("x-t: 1\n", client.Decode(trailers));
        Assert.Equal("POST /a%20b?c HTTP/1.1\r\nHost: x.test\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 9\r\n\r\n", await seen.Task);
    }

    [Fact]
    public async Task Http1ClientToAServerThatSpeaksHttp2Alone_IsTranslated()
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http2);
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(HttpVersion.Version11);

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("HTTP/2", await client.GetStringAsync($"{server.Url}/protocol"));
            var flow = await proxy.Sink.NextAsync();
            Assert.Equal("HTTP/1.1", flow.Request!.Version);
            Assert.Equal("HTTP/2", flow.Response!.Version);
            Assert.Equal(i == 1, flow.ServerReused);
        }

        using var answer = await client.PostAsync($"{server.Url}/echo", new StringContent("some text"));
        Assert.Equal("some text", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Http1ToHttp2_ConnectionsOwnFieldsStayBehind()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(async peer =>
        {
            seen.TrySetResult(await peer.HeadAsync());
            await peer.HeadersAsync(1, false, (":status", "200"));
            await peer.DataAsync(1, false, "abc");
            await peer.HeadersAsync(1, true, ("x-t", "1"));
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        var (client, _) = await proxy.SecureAsync(server.Authority, "127.0.0.1");
        await client.SendAsync("GET /x HTTP/1.1\r\nX-Before: 1\r\nHost: Name.test\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nTE: gzip, trailers\r\nKeep-Alive: 5\r\nCookie: a=1; b=2\r\nX-A: 1\r\nx-a: 2\r\n\r\n");

        Assert.Equal("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal("3\r\nabc\r\n0\r\nx-t: 1\r\n\r\n", await client.ReadUntilAsync("x-t: 1\r\n\r\n"));
        Assert.Equal(":method: GET\n:scheme: https\n:authority: Name.test\n:path: /x\nx-before: 1\nte: trailers\n!cookie: a=1; b=2\nx-a: 1\nx-a: 2\n", await seen.Task);
    }

    [Fact]
    public async Task PriorKnowledge_ServerWithoutTlsThatSpeaksHttp2_IsSpokenToSo()
    {
        await using var server = new RawServer(async peer =>
        {
            var frames = new FramePeer(peer.Stream, isServer: true);
            await frames.StartAsync();
            var frame = await frames.NextAsync();
            await frames.HeadersAsync(frame.StreamId, true, (":status", "204"));
            await frames.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await ConnectPlainAsync(proxy, server);
        await client.HeadersAsync(1, true, Get);

        Assert.Equal(":status: 204\n", await client.HeadAsync());
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(("http", "HTTP/2"), (flow.Scheme, flow.Response!.Version));
    }

    private static async Task<FramePeer> ConnectPlainAsync(TestProxy proxy, RawServer server)
    {
        var tunnel = await proxy.TunnelAsync(server.Authority);
        var client = new FramePeer(tunnel.Stream, isServer: false, tunnel.Socket);
        await client.StartAsync();
        return client;
    }
}
