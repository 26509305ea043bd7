using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Upstream;

/// <summary>Decides whether a server's certificate is good enough, host by host.</summary>
internal sealed class UpstreamVerification(ProxyOptions options)
{
    /// <summary>What is wrong with the certificate in words, whether the connection may go on all the same, and by which rule.</summary>
    public (string? Problem, bool IsAccepted, VerificationRule Rule) Check(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var first = options.Tls.Verify.FirstOrDefault(one => one.Fits(host));
        if (first is { Kind: VerificationKind.Pin })
        {
            // Whoever pins a certificate means that one, whoever signed it and whatever it says.
            var pins = options.Tls.Verify.Where(one => one.Kind == VerificationKind.Pin && one.Pattern == first.Pattern).Select(one => one.Sha256!).ToList();
            var problem = certificate is null ? "the server sent no certificate." : Mismatch(certificate, pins);
            return (problem, problem is null, VerificationRule.Pin);
        }

        var found = UpstreamErrors.DescribeCertificate(errors, certificate, chain, host);
        var rule = first switch
        {
            null => options.SslInsecure ? VerificationRule.Insecure : VerificationRule.Verify,
            { Kind: VerificationKind.Skip } => VerificationRule.Skip,
            _ => VerificationRule.Verify,
        };
        return (found, found is null || rule != VerificationRule.Verify, rule);
    }

    private static string? Mismatch(X509Certificate2 certificate, List<string> pins)
    {
        var own = Convert.ToHexString(SHA256.HashData(certificate.RawData));
        var key = Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        return pins.Contains(own) || pins.Contains(key)
            ? null
            : $"it is not the one that is pinned: its SHA-256 is {own}, that of its public key {key}.";
    }
}
