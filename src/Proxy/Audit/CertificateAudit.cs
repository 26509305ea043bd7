namespace MitmWeb.Proxy.Audit;

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
public sealed record CertificateAudit(
    string Subject,
    string Issuer,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    string Key,
    string Signature,
    string FingerprintSha256,
    string? Error,
    long FirstFlow);
