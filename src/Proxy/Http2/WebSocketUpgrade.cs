using System.Security.Cryptography;
using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <summary>
/// WebSocket handshakes between the two versions (RFC 8441, section 5): an upgrade with a key and its answer in HTTP/1.1
/// (RFC 6455, section 4), an extended CONNECT without them in HTTP/2. The frames after it are the same.
/// </summary>
internal static class WebSocketUpgrade
{
    private static readonly byte[] KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8.ToArray();

    /// <summary>Whether an HTTP/1.1 request asks for a WebSocket.</summary>
    public static bool Is(RequestHead request) =>
        request.Method == "GET" && request.Version == "HTTP/1.1" && request.Headers.HasToken("upgrade"u8, "websocket"u8) && request.Headers.HasToken("connection"u8, "upgrade"u8);

    /// <summary>An extended CONNECT as an upgrade of HTTP/1.1.</summary>
    public static RequestHead ToHttp1(RequestHead request)
    {
        var plain = RequestHead.Parse(Http1Translation.Request(request, isChunked: false));
        return RequestHead.Create(
            "GET",
            request.Target,
            "HTTP/1.1",
            [
                .. plain.Headers,
                new HeaderField("Connection", "Upgrade"),
                new HeaderField("Upgrade", "websocket"),
                new HeaderField("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))),
            ]);
    }

    /// <summary>An upgrade of HTTP/1.1 as an extended CONNECT. Connection and Upgrade fall away with the other fields of the connection.</summary>
    public static RequestHead ToHttp2(RequestHead request) => RequestHead.Create(
        "CONNECT",
        request.Target,
        "HTTP/1.1",
        request.Headers.Where(static field => !field.Name.Equals("Sec-WebSocket-Key", StringComparison.OrdinalIgnoreCase)));

    /// <summary>A server's 2xx to an extended CONNECT as the answer that a client of HTTP/1.1 waits for.</summary>
    /// <param name="request">The client's handshake.</param>
    /// <param name="response">What the server answered over HTTP/2.</param>
    public static ResponseHead Answer(RequestHead request, ResponseHead response)
    {
        var key = Encoding.Latin1.GetBytes(request.Headers.Find("sec-websocket-key"u8) ?? "");
#pragma warning disable CA5350 // RFC 6455, section 4.2.2, asks for SHA-1; nothing is kept secret by it.
        var accept = Convert.ToBase64String(SHA1.HashData([.. key, .. KeySuffix]));
#pragma warning restore CA5350
        return ResponseHead.Create(
            "HTTP/1.1",
            101,
            ReasonPhrase.Of(101),
            [
                new HeaderField("Upgrade", "websocket"),
                new HeaderField("Connection", "Upgrade"),
                new HeaderField("Sec-WebSocket-Accept", accept),
                .. ResponseHead.Parse(Http1Translation.Response(response, "")).Headers,
            ]);
    }

    /// <summary>A server's 101 as the answer that a client of HTTP/2 waits for: the key's answer belongs to HTTP/1.1.</summary>
    public static ResponseHead ToHttp2(ResponseHead response) => ResponseHead.Create(
        "HTTP/1.1",
        200,
        "",
        response.Headers.Where(static field => !field.Name.Equals("Sec-WebSocket-Accept", StringComparison.OrdinalIgnoreCase)));
}
