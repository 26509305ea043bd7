using System.Net.Security;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Differential;

/// <summary>Exchanges between an end that speaks HTTP/1.1 and one that speaks HTTP/2: what changes is in the table of docs/architecture.md, and nothing else does.</summary>
public sealed class TranslationDifferentialTests
{
    private const string Start = ":method=POST|:scheme=https|:authority=x.test|:path=/p";

    /// <summary>A request over HTTP/2 (fields, content, trailers) and what a server of HTTP/1.1 gets.</summary>
    public static TheoryData<string, string?, string?, string> RequestsDown => new()
    {
        { ":method=GET|:scheme=https|:authority=x.test|:path=/a/../b?c=%zz|x-b=2|x-a=1|x-b=", null, null, "GET /a/../b?c=%zz HTTP/1.1\r\nHost: x.test\r\nx-b: 2\r\nx-a: 1\r\nx-b: \r\n\r\n" },
        { ":method=GET|:path=/|:scheme=https|host=y.test|x=1", null, null, "GET / HTTP/1.1\r\nhost: y.test\r\nx: 1\r\n\r\n" },
        { ":method=GET|:scheme=https|:authority=x.test|:path=/|host=x.test", null, null, "GET / HTTP/1.1\r\nHost: x.test\r\n\r\n" },
        { ":method=OPTIONS|:scheme=https|:authority=x.test|:path=*", null, null, "OPTIONS * HTTP/1.1\r\nHost: x.test\r\n\r\n" },
        { ":method=M-SEARCH|:scheme=https|:authority=x.test|:path=/", null, null, "M-SEARCH / HTTP/1.1\r\nHost: x.test\r\n\r\n" },
        { ":method=GET|:scheme=https|:authority=x.test|:path=/|cookie=a=1|x=1|cookie=b=2|cookie=c=3; d=4", null, null, "GET / HTTP/1.1\r\nHost: x.test\r\ncookie: a=1; b=2; c=3; d=4\r\nx: 1\r\n\r\n" },
        { ":method=GET|:scheme=https|:authority=x.test|:path=/|x=\u00e9\u00ff\u0001|te=trailers", null, null, "GET / HTTP/1.1\r\nHost: x.test\r\nx: \u00e9\u00ff\u0001\r\nte: trailers\r\n\r\n" },
        { Start, null, null, "POST /p HTTP/1.1\r\nHost: x.test\r\n\r\n" },
        { Start + "|content-length=0", null, null, "POST /p HTTP/1.1\r\nHost: x.test\r\ncontent-length: 0\r\n\r\n" },
        { Start + "|content-length=5", "hello", null, "POST /p HTTP/1.1\r\nHost: x.test\r\ncontent-length: 5\r\n\r\nhello" },
        { Start, "hello", null, "POST /p HTTP/1.1\r\nHost: x.test\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" },
        { Start, "", null, "POST /p HTTP/1.1\r\nHost: x.test\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" },
        { Start + "|trailer=x-t", "hello", "x-t=1|x-t=", "POST /p HTTP/1.1\r\nHost: x.test\r\ntrailer: x-t\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-t: 1\r\nx-t: \r\n\r\n" },
    };

    /// <summary>A request over HTTP/1.1 and the fields, content and trailers that a server of HTTP/2 gets.</summary>
    public static TheoryData<string, string> RequestsUp => new()
    {
        { "GET /a/../b?c=%zz HTTP/1.1\r\nX-B: 2\r\nHost: X.test\r\nx-a:1\r\nX-B:\r\n\r\n", ":authority: X.test\n:path: /a/../b?c=%zz\nx-b: 2\nx-a: 1\nx-b: \n[end with the fields]\n" },
        { "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTE: trailers, gzip;q=0.5\r\n\r\n", ":authority: x\n:path: /\nte: trailers\n[end with the fields]\n" },
        { "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n", ":authority: x\n:path: /\n[end with the fields]\n" },
        { "GET / HTTP/1.1\r\nHost: x\r\nTE: gzip\r\nX: a\u0001b\u00e9\r\nX(Y): 1\r\nCookie: a=1; b=2\r\n\r\n", ":authority: x\n:path: /\nx: a b\u00e9\ncookie: a=1; b=2\n[end with the fields]\n" },
        { "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", ":authority: x\n:path: /\ncontent-length: 5\n[content]\nhello\n[end with content]\n" },
        { "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", ":authority: x\n:path: /\ncontent-length: 0\n[end with the fields]\n" },
        { "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;e=1\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", ":authority: x\n:path: /\n[content]\nhello\n[end]\n" },
        { "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n", ":authority: x\n:path: /\ntrailer: X-T\n[content]\nhello\n[fields]\nx-t: 1\n[end with the fields]\n" },
    };

    /// <summary>A response over HTTP/1.1 and what a client of HTTP/2 gets.</summary>
    public static TheoryData<string, string> ResponsesUp => new()
    {
        { "HTTP/1.1 200 Fine Indeed\r\nX-B: 2\r\nX-A:\r\nx-b: 1\r\nContent-Length: 2\r\n\r\nok", ":status: 200\nx-b: 2\nx-a: \nx-b: 1\ncontent-length: 2\n[content]\nok\n[end]\n" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n2;e\r\nok\r\n0\r\nX-T: 1\r\n\r\n", ":status: 200\n[content]\nok\n[fields]\nx-t: 1\n[end with the fields]\n" },
        { "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\nKeep-Alive: timeout=5\r\n\r\n", ":status: 103\nlink: </a>\n[fields]\n:status: 204\n[end with the fields]\n" },
        { "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 99\r\n\r\n", ":status: 304\netag: \"x\"\ncontent-length: 99\n[end with the fields]\n" },
        { "HTTP/1.1 404 caf\u00e9\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX: \u00e9\r\nX-Fold: a\r\n b\r\nContent-Length: 2, 2\r\n\r\nno", ":status: 404\nset-cookie: a=1\nset-cookie: b=2\nx: \u00e9\nx-fold: a b\ncontent-length: 2\n[content]\nno\n[end]\n" },
        { "HTTP/1.1 200 OK\r\nX Y: 1\r\nno colon\r\n: nameless\r\nX-Ok: 1\r\nContent-Length: 0\r\n\r\n", ":status: 200\nx-ok: 1\ncontent-length: 0\n[end with the fields]\n" },
        { "HTTP/1.1 999 Weird\r\nContent-Length: 2\r\n\r\nok", ":status: 999\ncontent-length: 2\n[content]\nok\n[end]\n" },
    };

    [Theory]
    [MemberData(nameof(RequestsDown))]
    public async Task Http2Request_ToAServerOfHttp1_IsTheSameButForTheTable(string fields, string? content, string? trailers, string expected)
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = new RawServer(
            async peer =>
            {
                seen.TrySetResult(await peer.ReadAsync(expected.Length));
                await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
                Assert.Equal("", await peer.ReadToEndAsync());
            },
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.HeadersAsync(1, content is null && trailers is null, Parse(fields));
        if (content is not null)
        {
            await client.DataAsync(1, trailers is null, content);
        }

        if (trailers is not null)
        {
            await client.HeadersAsync(1, true, Parse(trailers));
        }

        Assert.Equal(":status: 204\n", await client.HeadAsync());
        Assert.Equal(expected, await seen.Task);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(("HTTP/2", "HTTP/1.1", FlowState.Done), (flow.Request!.Version, flow.Response!.Version, flow.State));
        Assert.Equal(content ?? "", Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Request)));
    }

    [Theory]
    [MemberData(nameof(RequestsUp))]
    public async Task Http1Request_ToAServerOfHttp2_IsTheSameButForTheTable(string request, string expected)
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(async peer =>
        {
            seen.TrySetResult(await LogAsync(peer));
            await peer.HeadersAsync(1, true, (":status", "204"));
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        var (client, _) = await proxy.SecureAsync(server.Authority, "127.0.0.1");
        await client.SendAsync(request);

        Assert.Equal("HTTP/1.1 204 No Content\r\n\r\n", await client.ReadHeadAsync());
        AssertSame($"[fields]\n:method: {request.Split(' ')[0]}\n:scheme: https\n{expected}", await seen.Task);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(request[..Encoding.Latin1.GetString(flow.Request!.Raw).Length], Encoding.Latin1.GetString(flow.Request.Raw));
    }

    [Theory]
    [MemberData(nameof(ResponsesUp))]
    public async Task Http1Response_ToAClientOfHttp2_IsTheSameButForTheTable(string response, string expected)
    {
        await using var server = new RawServer(
            async peer =>
            {
                await peer.ReadHeadAsync();
                await peer.SendAsync(response);
                await peer.ReadToEndAsync();
            },
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);

        AssertSame("[fields]\n" + expected, await LogAsync(client));
        var flow = await proxy.Sink.NextAsync();
        var recorded = string.Concat(flow.Interim.Append(flow.Response!).Select(head => Encoding.Latin1.GetString(head.Raw)));
        Assert.Equal(response[..recorded.Length], recorded);
    }

    /// <summary>Where the end stands is not HTTP/1.1's to say; marks against indexing are the encoder's choice.</summary>
    private static void AssertSame(string expected, string actual) => Assert.Equal(
        expected,
        (expected.EndsWith("[end]\n", StringComparison.Ordinal) ? actual.Replace("[end with content]", "[end]", StringComparison.Ordinal).Replace("[end with an empty frame]", "[end]", StringComparison.Ordinal) : actual)
            .Replace("\n!", "\n", StringComparison.Ordinal)
            .Replace("[end with an empty frame]", "[end with content]", StringComparison.Ordinal));

    private static async Task<string> LogAsync(FramePeer peer)
    {
        var log = new Http2Log();
        while (!log.IsOver)
        {
            var frame = await peer.NextAsync();
            switch (frame.Type)
            {
                case FrameType.Headers:
                    log.AddFields(peer.Decode(frame), frame.EndsStream);
                    break;
                case FrameType.Data:
                    log.AddData(frame.Text, frame.EndsStream);
                    break;
                case FrameType.ResetStream:
                    log.AddReset(frame.Code);
                    break;
            }
        }

        return log.ToString();
    }

    private static (string Name, string Value)[] Parse(string fields) => [.. fields.Split('|').Select(field => field.Split('=', 2)).Select(pair => (pair[0], pair[1]))];
}
