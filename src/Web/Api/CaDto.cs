using System.Text.Json.Serialization;

namespace MitmWeb.Web.Api;

/// <summary>The certificate authority.</summary>
/// <param name="Subject">Its name: <c>CN=mitmweb, O=mitmweb</c>.</param>
/// <param name="FingerprintSha256">The SHA-256 of its certificate, in pairs of hexadecimal digits.</param>
/// <param name="NotBefore">Valid from.</param>
/// <param name="NotAfter">Valid until.</param>
/// <param name="KeyAlgorithm">The kind of its key: <c>ECDSA P-256</c>.</param>
/// <param name="Path">The file of its certificate.</param>
public sealed record CaDto(
    string Subject,
    string FingerprintSha256,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset NotBefore,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset NotAfter,
    string KeyAlgorithm,
    string Path);
