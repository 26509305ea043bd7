using System.IO.Compression;
using System.Net;
using System.Text;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Storage;

namespace MitmWeb.Proxy.Tests.Filters;

/// <summary>What mitmproxy's documentation says of its operators (https://docs.mitmproxy.org/stable/concepts-filters/), on flows made for it.</summary>
public sealed class MitmproxyOperatorTests : IDisposable
{
    private const long Get = 1;
    private const long Post = 2;
    private const long Pending = 3;
    private const long Failed = 4;
    private const long Socket = 5;
    private const long Tunnel = 6;
    private static readonly long[] All = [Get, Post, Pending, Failed, Socket, Tunnel];

    private readonly TestFlows _files = new();

    public static TheoryData<string, long[]> Table { get; } = new()
    {
        { "~all", All },
        { "", All },
        { "~http", [Get, Post, Pending, Failed, Socket] },
        { "~tcp", [Tunnel] },
        { "~udp", [] },
        { "~dns", [] },
        { "~websocket", [Socket] },
        { "~q", [Pending, Failed] },
        { "~s", [Get, Post, Socket] },
        { "~e", [Failed] },
        { "~a", [Get] },
        { "~marked", [] },
        { "~replay", [] },
        { "~replayq | ~replays", [] },
        { "~marker :red_circle:", [] },
        { "~comment .", [] },
        { "~meta .", [] },
        { "~c 200", [Get] },
        { "~c 20", [] },
        { "~d example.com", [Get, Post] },
        { "~d ^EXAMPLE", [Get] },
        { "~d behind.test", [Pending] },
        { "~d 10.0.0.9", [Pending] },
        { "~u style.css$", [Get] },
        { "~u HTTPS://example", [Get] },
        { "style.css", [Get] },
        { "\"^https://\"", [Get] },
        { "api.+page", [Post] },
        { "~m post", [Post] },
        { "~m ^.$", [] },
        { "~h x-both", [Get, Post] },
        { "~hq x-both", [Post] },
        { "~hs x-both", [Get] },
        { "~h ^host:", [Get, Post, Pending, Failed, Socket] },
        { "~h '^X-Both: ONE$'", [Get] },
        { "~h \"x-both: .*x-\"", [] },
        { "~t json", [Post] },
        { "~tq json", [Post] },
        { "~ts json", [] },
        { "~ts charset=utf-8", [Get] },
        { "~b body.*end", [Get] },
        { "~bs BODY", [Get] },
        { "~bq body", [] },
        { "~bq secret", [Post] },
        { "~b raw", [Tunnel] },
        { "~b style", [] },
        { "~src ^127.0.0.1:50312$", All },
        { "~dst ^example.com:443$", [Get] },
        { "~dst 192.0.2.7", [Get] },
        { "!~s", [Pending, Failed, Tunnel] },
        { "!~q ~http", [Get, Post, Socket] },
        { "!(~q | ~s)", [Tunnel] },
        { "~q & ~e", [Failed] },
        { "~c 200 | ~c 404", [Get, Post] },
        { "~http & !~s & !~e", [Pending] },
    };

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Operators_MatchWhatTheDocumentationSays()
    {
        await using var store = FlowStore.Open(_files.Path);
        await Record(store);
        foreach (var (text, expected) in Table.Select(row => ((string)row[0], (long[])row[1])))
        {
            Assert.True(FlowFilter.TryParse(text, out var filter, out var error), $"{text}: {error?.Message}");
            var found = store.QueryFlows(filter, FlowSort.ById, 0, 100).Rows.Select(row => row.Id);
            Assert.True(expected.SequenceEqual(found), $"{text}: {string.Join(",", found)} instead of {string.Join(",", expected)}");
        }
    }

    [Theory]
    [InlineData("cookie.session=abc", Post)]
    [InlineData("header.x-both=one", Get)]
    [InlineData("type=text/css", Get)]
    [InlineData("type:json", Post)]
    [InlineData("ip=192.0.2.7", Get)]
    [InlineData("query:page", Post)]
    [InlineData("path=/api", Post)]
    [InlineData("scheme=wss", Socket)]
    [InlineData("error:refused", Failed)]
    [InlineData("reqsize:17", Post)]
    [InlineData("duration>1s", Post)]
    [InlineData("time>=2026-11-20T13:00:01Z", Tunnel)]
    [InlineData("tls:1.3", Get)]
    [InlineData("alpn=h2 cipher:aes sni=example.com", Get)]
    [InlineData("http:2 port:443", Get)]
    [InlineData("conn:2", Get)]
    public async Task Fields_MatchWhatTheyName(string text, long expected)
    {
        await using var store = FlowStore.Open(_files.Path);
        await Record(store);
        Assert.Equal(expected, Assert.Single(TestFlows.All(store, text).Rows).Id);
    }

    private static async Task Record(FlowStore store)
    {
        var client = TestFlows.Client(store);
        var get = New(store, client, "https", "example.com", 443, "/style.css", "GET", "HTTP/2", "Host: example.com\r\n");
        get.Server = new ServerConnection
        {
            Id = store.NextConnectionId(),
            Host = "example.com",
            Port = 443,
            OpenedAt = TestFlows.Start,
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 443),
            Tls = new TlsDetails { Version = "TLS 1.3", CipherSuite = "TLS_AES_128_GCM_SHA256", Alpn = "h2", Sni = "example.com" },
        };
        await Respond(store, get, "HTTP/1.1 200 OK\r\nContent-Type: text/css; charset=utf-8\r\nContent-Encoding: gzip\r\nX-Both: one\r\n\r\n", Gzip("The body\nand its end"));

        var post = New(store, client, "http", "www.example.com", 80, "/api?page=2", "POST", "HTTP/1.1", "Host: www.example.com\r\nX-Both: two\r\nContent-Type: application/json\r\nCookie: a=b; session=abc\r\n");
        await store.AppendBody(post, MessageSide.Request, "{\"secret\": [1,2]}"u8.ToArray(), CancellationToken.None);
        post.RequestBodySize = 17;
        post.Timings.End = 2_000_000;
        await Respond(store, post, "HTTP/1.1 404 Not Found\r\n\r\n", []);

        var pending = New(store, client, "http", "10.0.0.9", 8080, "/", "GET", "HTTP/1.1", "Host: behind.test:8080\r\n");
        await store.Changed(pending, CancellationToken.None);

        var failed = New(store, client, "http", "down.test", 81, "/", "GET", "HTTP/1.1", "Host: down.test\r\n");
        failed.State = FlowState.Error;
        failed.Error = new FlowError(FlowStep.Connect, "down.test refused the connection.");
        await store.Ended(failed);

        var socket = New(store, client, "wss", "chat.test", 444, "/", "GET", "HTTP/1.1", "Host: chat.test\r\n");
        socket.Kind = FlowKind.WebSocket;
        await Respond(store, socket, "HTTP/1.1 101 Switching Protocols\r\n\r\n", []);

        var tunnel = new Flow
        {
            Id = store.NextFlowId(),
            StartedAt = TestFlows.Start.AddSeconds(5),
            Client = client,
            Scheme = "tcp",
            Host = "mail.test",
            Port = 25,
            Kind = FlowKind.Tcp,
            State = FlowState.Done,
        };
        await store.AppendBody(tunnel, MessageSide.Request, "raw bytes"u8.ToArray(), CancellationToken.None);
        await store.Ended(tunnel);
        await store.Flush();
    }

    private static Flow New(FlowStore store, ClientConnection client, string scheme, string host, int port, string path, string method, string version, string fields) => new()
    {
        Id = store.NextFlowId(),
        StartedAt = TestFlows.Start,
        Client = client,
        Scheme = scheme,
        Host = host,
        Port = port,
        Path = path,
        Request = RequestHead.Parse(Encoding.Latin1.GetBytes($"{method} {path} {version}\r\n{fields}\r\n")),
    };

    private static async Task Respond(FlowStore store, Flow flow, string head, byte[] body)
    {
        flow.Response = ResponseHead.Parse(Encoding.Latin1.GetBytes(head));
        flow.ResponseBodySize = body.Length;
        flow.State = FlowState.Done;
        await store.AppendBody(flow, MessageSide.Response, body, CancellationToken.None);
        await store.Ended(flow);
    }

    private static byte[] Gzip(string text)
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }
}
