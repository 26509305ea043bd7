using System.Net;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Benchmarks.Micro;

/// <summary>What most traffic is made of: a GET of a browser, and 1 KiB of JSON over a connection that stands already.</summary>
internal static class SmallFlow
{
    /// <summary>A browser's request.</summary>
    public static byte[] RequestHead { get; } = Encoding.ASCII.GetBytes(
        """
        GET /api/v1/users/4711?fields=name,mail&page=3 HTTP/1.1
        Host: shop.example
        Connection: keep-alive
        sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"
        sec-ch-ua-mobile: ?0
        sec-ch-ua-platform: "Linux"
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36
        Accept: application/json, text/plain, */*
        Sec-Fetch-Site: same-origin
        Sec-Fetch-Mode: cors
        Sec-Fetch-Dest: empty
        Referer: https://shop.example/users
        Accept-Encoding: gzip, deflate, br, zstd
        Accept-Language: en-GB,en;q=0.9
        Cookie: session=8f2a7c31d94e4b06a5c1; theme=dark; consent=1


        """.ReplaceLineEndings("\r\n"));

    /// <summary>The answer of a server behind a cache.</summary>
    public static byte[] ResponseHead { get; } = Encoding.ASCII.GetBytes(
        """
        HTTP/1.1 200 OK
        Content-Type: application/json; charset=utf-8
        Content-Length: 1024
        Connection: keep-alive
        Date: Sat, 21 Nov 2026 12:00:00 GMT
        Server: nginx
        Cache-Control: private, max-age=0
        ETag: W/"400-1a2b3c4d5e6f"
        Vary: Accept-Encoding
        X-Request-Id: 0b7e6c52-7e0a-4f0e-9a3f-4d2f6a1b9c8d
        Strict-Transport-Security: max-age=31536000


        """.ReplaceLineEndings("\r\n"));

    private static readonly RequestHead Request = Proxy.Http.RequestHead.Parse(RequestHead);
    private static readonly ResponseHead Response = Proxy.Http.ResponseHead.Parse(ResponseHead);
    private static readonly byte[] Body = new byte[1024];

    /// <summary>The two connections that such flows share.</summary>
    public static (ClientConnection Client, ServerConnection Server) Connect(IFlowSink sink) => (
        new ClientConnection
        {
            Id = sink.NextConnectionId(),
            OpenedAt = DateTimeOffset.UtcNow,
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 50_000),
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8080),
        },
        new ServerConnection { Id = sink.NextConnectionId(), Host = "shop.example", Port = 443, OpenedAt = DateTimeOffset.UtcNow });

    /// <summary>Records one as an exchange does: shown when it begins, its body as it passes, its end.</summary>
    public static async ValueTask Record(IFlowSink sink, ClientConnection client, ServerConnection server)
    {
        var flow = new Flow
        {
            Id = sink.NextFlowId(),
            StartedAt = DateTimeOffset.UtcNow,
            Client = client,
            Server = server,
            ServerReused = true,
            Scheme = "https",
            Host = "shop.example",
            Port = 443,
            Path = Request.Target,
            Request = Request,
            RequestHeadWireSize = RequestHead.Length,
            RequestBodyWireSize = 0,
        };
        await sink.Changed(flow, CancellationToken.None);
        (flow.Timings.SendStart, flow.Timings.SendEnd, flow.Timings.FirstByte) = (40, 60, 900);
        flow.Response = Response;
        flow.ResponseHeadWireSize = ResponseHead.Length;
        await sink.AppendBody(flow, MessageSide.Response, Body, CancellationToken.None);
        flow.ResponseBodySize = Body.Length;
        flow.ResponseBodyWireSize = Body.Length;
        flow.Timings.End = 950;
        flow.State = FlowState.Done;
        await sink.Ended(flow);
    }
}
