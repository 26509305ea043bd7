using MitmWeb.Proxy.Content;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Filters;

/// <summary>The content of a flow that somebody has read from the session already.</summary>
/// <param name="flow">The flow.</param>
/// <param name="requestBody">Its request's body, or null.</param>
/// <param name="responseBody">Its response's body, or null.</param>
public sealed class StoredFlowContent(StoredFlow flow, StoredBody? requestBody, StoredBody? responseBody) : FilterContent
{
    internal override FilterConnection? Client => Connection(flow.Client.Id, flow.Client.Tls, ofClient: true);

    internal override FilterConnection? Server => flow.Server is { } server ? Connection(server.Id, server.Tls, ofClient: false) : null;

    internal override IReadOnlyList<HeaderList> Headers(MessageSide side)
    {
        var (headers, trailers) = side == MessageSide.Request
            ? (flow.Request?.Headers, flow.RequestTrailers)
            : (flow.Response?.Headers, flow.ResponseTrailers);
        return [.. new[] { headers, trailers }.OfType<HeaderList>()];
    }

    internal override ReadOnlyMemory<byte> Body(MessageSide side)
    {
        var (body, headers) = side == MessageSide.Request ? (requestBody, flow.Request?.Headers) : (responseBody, flow.Response?.Headers);
        return body is null or { Length: 0 } ? default : ContentDecoding.Beginning(body.OpenRead, ContentDecoding.Codings(headers), MaxBody);
    }

    private static FilterConnection Connection(long id, TlsDetails? tls, bool ofClient)
    {
        var hello = ofClient && tls?.ClientHello is { } message ? ClientHelloAnatomy.Read(message) : null;
        return new FilterConnection(
            id,
            tls?.Version is { Length: > 0 } version ? version : null,
            tls?.CipherSuite is { Length: > 0 } cipher ? cipher : null,
            tls?.Alpn,
            tls?.Sni,
            hello is null ? null : Ja3.Of(hello),
            hello is null ? null : Ja4.Of(hello));
    }
}
