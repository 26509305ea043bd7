using System.IO.Compression;
using System.Net;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Storage;

namespace MitmWeb.Proxy.Tests.Filters;

/// <summary>Random flows of every kind and state, made of the same words as the random filters.</summary>
internal sealed class FilteredFlows(FlowStore store, int seed)
{
    private static readonly byte[] Hello = Tls.TlsFixtures.Hello("curl-h2");
    private readonly Random _random = new(seed);
    private ClientConnection? _client;

    /// <summary>Records some flows; those that still run are stored as they are.</summary>
    public async Task Record(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Record();
        }

        await store.Flush();
        foreach (var row in TestFlows.All(store).Rows.Where(_ => _random.Next(3) == 0))
        {
            await store.Annotate([row.Id], _ => Notes());
        }
    }

    private FlowNotes Notes() => new()
    {
        Marker = Pick(null, "red", "blue", ":grapes:", "ÄPFEL", "😀"),
        Comment = Pick(null, "two words\nsecret", "it\"s O'Neil", "Example ſ K", "100%_ back\\slash"),
        Tags = Pick<string[]>([], ["slow"], ["json", "a|b"], ["Users", "ä", "x"]),
        IsPinned = _random.Next(3) == 0,
        Meta = _random.Next(2) == 0 ? new Dictionary<string, string>() : new() { [Pick("ticket", "Host", "ſession")] = Pick("42", "hello", "it's"), ["x-test"] = "secret" },
    };

    private async Task Record()
    {
        var kind = Pick(FlowKind.Http, FlowKind.Http, FlowKind.Http, FlowKind.Http, FlowKind.WebSocket, FlowKind.Tcp, FlowKind.Tls, FlowKind.PassedThrough);
        var isHttp = kind is FlowKind.Http or FlowKind.WebSocket;
        var host = Pick("one.example", "Example.com", "::1", "ÄPFEL.example", "a_b.example", "10.0.0.1", "api.test");
        var flow = new Flow
        {
            Id = store.NextFlowId(),
            StartedAt = TestFlows.Start.AddMicroseconds(_random.NextInt64(-7_200_000_000, 7_200_000_000)),
            Client = Client(),
            Kind = kind,
            Scheme = isHttp ? Pick("http", "https", "wss") : "tcp",
            Host = host,
            Port = Pick(80, 443, 8080),
            ModifiedBy = _random.Next(6) == 0 ? "ssl-strip" : null,
            Path = isHttp ? Pick("/", "/api/users?page=2", "/v1/a.b", "/100%?_", "/ä/Ä?x=1", "/back\\slash", "*", "/K\u212aſ", "/😀", "/it\"s", "/O'Neil") : "",
        };
        if (isHttp)
        {
            flow.Request = Request(flow);
            flow.Timings.FirstByte = _random.Next(2) == 0 ? null : _random.Next(200_000);
        }

        flow.Server = _random.Next(3) == 0 ? null : Server(host);
        await store.Changed(flow, CancellationToken.None);
        var request = isHttp ? Body() : [];
        await store.AppendBody(flow, MessageSide.Request, request, CancellationToken.None);
        flow.RequestBodySize = request.Length;
        if (isHttp && _random.Next(5) > 0)
        {
            var (coding, body) = Encode(Body());
            var fields = new List<HeaderField> { new("Server", Pick("test", "hello/1.3")) };
            if (_random.Next(5) > 0)
            {
                fields.Add(new("Content-Type", Pick("text/html; charset=utf-8", "Application/JSON", "image/png", "text/event-stream", "application/grpc+proto", "font/woff2")));
            }

            if (coding.Length > 0)
            {
                fields.Add(new("Content-Encoding", coding));
            }

            if (_random.Next(4) == 0)
            {
                fields.Add(new("Set-Cookie", "session=abc; Path=/"));
            }

            flow.Response = ResponseHead.Create("HTTP/1.1", Pick(200, 204, 301, 404, 500, 100), Pick("OK", ""), fields);
            flow.ResponseTrailers = _random.Next(6) == 0 ? HeaderList.Create([new("X-Test", "secret trailer")]) : null;
            flow.State = FlowState.Streaming;
            await store.Changed(flow, CancellationToken.None);
            await store.AppendBody(flow, MessageSide.Response, body, CancellationToken.None);
            flow.ResponseBodySize = body.Length;
        }

        if (_random.Next(8) == 0)
        {
            await store.Changed(flow, CancellationToken.None);
            return;
        }

        flow.State = FlowState.Done;
        if (kind == FlowKind.Tls || _random.Next(8) == 0)
        {
            flow.State = FlowState.Error;
            flow.Error = new FlowError(FlowStep.ServerTls, Pick("The certificate of one.example is not trusted.", "hello: refused"));
        }

        flow.Timings.End = _random.Next(2_000_000);
        await store.Ended(flow);
    }

    private ClientConnection Client()
    {
        if (_client is not null && _random.Next(3) > 0)
        {
            return _client;
        }

        return _client = new ClientConnection
        {
            Id = store.NextConnectionId(),
            OpenedAt = TestFlows.Start,
            RemoteEndPoint = new IPEndPoint(Pick(IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("192.168.1.5")), Pick(50312, 443)),
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8080),
            Tls = _random.Next(3) == 0 ? null : new TlsDetails
            {
                Version = Pick("TLS 1.3", "TLS 1.2", ""),
                CipherSuite = Pick("TLS_AES_128_GCM_SHA256", ""),
                Alpn = Pick("h2", "http/1.1", null),
                Sni = Pick("one.example", null),
                ClientHello = _random.Next(2) == 0 ? null : Hello,
            },
        };
    }

    private ServerConnection Server(string host) => new()
    {
        Id = store.NextConnectionId(),
        Host = host,
        Port = 443,
        OpenedAt = TestFlows.Start,
        RemoteEndPoint = _random.Next(4) == 0 ? null : new IPEndPoint(Pick(IPAddress.Parse("10.0.0.1"), IPAddress.IPv6Loopback), 443),
        Tls = _random.Next(2) == 0 ? null : new TlsDetails { Version = "TLS 1.3", CipherSuite = "TLS_CHACHA20_POLY1305_SHA256", Alpn = "h2", Sni = host },
    };

    private RequestHead Request(Flow flow)
    {
        var fields = new List<HeaderField> { new("Host", Pick(flow.Host, "other.example:8080", "")), new("User-Agent", "test/1.0") };
        for (var n = _random.Next(3); n > 0; n--)
        {
            fields.Add(new(Pick("X-Test", "x-test", "Cookie", "Content-Type"), Pick("session=abc; x=y", "hello", "secret", "application/json", "ä", "a/b")));
        }

        return RequestHead.Create(Pick("GET", "POST", "get"), flow.Path, Pick("HTTP/1.1", "HTTP/2"), fields);
    }

    private byte[] Body() => _random.Next(6) switch
    {
        0 => [],
        1 => Encoding.UTF8.GetBytes("hello secret\nuser ä 😀 two words"),
        2 => [0xe4, 0x00, 0xff, (byte)'h', (byte)'e', (byte)'l', (byte)'l', (byte)'o'],
        3 => Encoding.UTF8.GetBytes("{\"users\": [1, 2], \"api\": \"a.b\"}"),
        4 => Encoding.UTF8.GetBytes(new string('x', 70_000) + " secret at the end"),
        _ => Encoding.UTF8.GetBytes("json"),
    };

    private (string Coding, byte[] Body) Encode(byte[] body)
    {
        var coding = Pick("", "", "gzip", "br", "deflate", "gzip, br", "unknown", "broken");
        if (coding == "broken")
        {
            return ("gzip", body);
        }

        foreach (var name in coding.Split(", "))
        {
            var encoded = new MemoryStream();
            using (var stream = name switch
            {
                "gzip" => new GZipStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
                "br" => new BrotliStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
                "deflate" => (Stream)new ZLibStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
                _ => new MemoryStream(),
            })
            {
                stream.Write(body);
            }

            body = name is "" or "unknown" ? body : encoded.ToArray();
        }

        return (coding, body);
    }

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
}
