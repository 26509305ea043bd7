using System.Text.Json.Serialization;
using MitmWeb.Proxy.Audit;

namespace MitmWeb.Web.Api;

/// <summary>A certificate that a host showed.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="Issuer">Who signed it.</param>
/// <param name="NotBefore">Valid from.</param>
/// <param name="NotAfter">Valid until.</param>
/// <param name="Key">Kind and size of its key: <c>RSA 2048</c>.</param>
/// <param name="Signature">How it was signed.</param>
/// <param name="FingerprintSha256">The SHA-256 of the whole, hexadecimal.</param>
/// <param name="Error">Why it was not trusted when it was captured; null when it was.</param>
/// <param name="FirstFlow">The first flow that shows it.</param>
public sealed record CertificateAuditDto(
    string Subject,
    string Issuer,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset NotBefore,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset NotAfter,
    string Key,
    string Signature,
    string FingerprintSha256,
    string? Error,
    long FirstFlow)
{
    internal static CertificateAuditDto From(CertificateAudit one) => new(
        one.Subject, one.Issuer, one.NotBefore, one.NotAfter, one.Key, one.Signature, one.FingerprintSha256, one.Error, one.FirstFlow);
}
