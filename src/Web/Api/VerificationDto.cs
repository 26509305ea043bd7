using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Web.Api;

/// <summary>What MitmWeb's check of a server's certificate came to.</summary>
/// <param name="Result"><c>trusted</c>, or by the rule <c>pin</c> the one that is pinned; <c>accepted</c>: not trusted, but the connection was made all the same; <c>rejected</c>.</param>
/// <param name="Rule">By which rule: <c>verify</c>: it has to be trusted; <c>insecure</c>: any is taken (<c>--ssl-insecure</c>); <c>skip</c>: any is taken from
/// this host (<c>--ssl-verify-host HOST=skip</c>); <c>pin</c>: it has to be the one named for this host (<c>HOST=sha256:…</c>), and nothing else matters.</param>
/// <param name="NameMatches">Whether the certificate is for the name that was asked for.</param>
/// <param name="Path">From the server's certificate to the CA that this machine trusts, or as far as that could be followed.</param>
public sealed record VerificationDto(
    [property: AllowedValues("trusted", "accepted", "rejected")] string Result,
    [property: AllowedValues("verify", "insecure", "skip", "pin")] string Rule,
    bool NameMatches,
    IReadOnlyList<TrustStepDto> Path)
{
    internal static VerificationDto? From(TlsDetails tls)
    {
        if (tls.Verification is not { } verification)
        {
            return null;
        }

        var sent = tls.Certificates.Select(der => Convert.ToHexStringLower(SHA256.HashData(der))).ToHashSet(StringComparer.Ordinal);
        return new VerificationDto(
            tls.CertificateError is null ? "trusted" : tls.Version.Length == 0 ? "rejected" : "accepted",
            verification.Rule switch
            {
                VerificationRule.Insecure => "insecure",
                VerificationRule.Skip => "skip",
                VerificationRule.Pin => "pin",
                _ => "verify",
            },
            verification.NameMatches,
            [.. verification.Path.Select(step => new TrustStepDto(step.Subject, Pairs(step.Sha256), sent.Contains(step.Sha256), step.Problems))]);
    }

    private static string Pairs(string hex) => string.Join(':', hex.ToUpperInvariant().Chunk(2).Select(pair => new string(pair)));
}
