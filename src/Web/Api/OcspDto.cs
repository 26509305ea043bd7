using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Web.Api;

/// <summary>Whether the server stapled a proof to the handshake that its certificate is not revoked (RFC 6066, section 8).</summary>
/// <param name="State"><c>stapled</c>; <c>none</c>: asked for, and nothing came; <c>notAsked</c>; <c>encrypted</c>: asked for in TLS 1.3, which
/// encrypts the answer; <c>unreadable</c>: what was stapled is no OCSP response; <c>unknown</c>: the handshake did not come that far.</param>
/// <param name="Status">What the staple says: <c>good</c>, <c>revoked</c>, <c>unknown</c>, or why it says nothing; null without a staple. Its signature is not checked.</param>
/// <param name="ProducedAt">When it was signed.</param>
/// <param name="ThisUpdate">From when on it is known to be so.</param>
/// <param name="NextUpdate">When something newer is there.</param>
public sealed record OcspDto(
    [property: AllowedValues("stapled", "none", "notAsked", "encrypted", "unreadable", "unknown")] string State,
    string? Status,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset? ProducedAt,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset? ThisUpdate,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset? NextUpdate)
{
    private const ushort StatusRequest = 5;

    internal static OcspDto From(TlsDetails tls)
    {
        if (tls.OcspStaple is { } bytes)
        {
            return OcspStaple.Read(bytes) is { } staple
                ? new OcspDto("stapled", staple.Status, staple.ProducedAt, staple.ThisUpdate, staple.NextUpdate)
                : Without("unreadable");
        }

        if (tls.ClientHello is null || ClientHelloAnatomy.Read(tls.ClientHello) is not { } hello)
        {
            return Without("unknown");
        }

        if (hello.Find(StatusRequest) is null)
        {
            return Without("notAsked");
        }

        return Without(tls.ServerHello is null || ServerHelloAnatomy.Read(tls.ServerHello) is not { } answer ? "unknown"
            : answer.Version >= 0x0304 ? "encrypted"
            : "none");
    }

    private static OcspDto Without(string state) => new(state, null, null, null, null);
}
