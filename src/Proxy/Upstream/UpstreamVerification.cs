using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Upstream;

/// <summary>Decides whether a server's certificate is good enough, host by host.</summary>
internal sealed class UpstreamVerification(ProxyOptions options)
{
    /// <summary>What is wrong with the certificate, and whether the connection may go on all the same.</summary>
    public (CertificateProblem? Problem, bool IsAccepted) Check(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var first = options.Tls.Verify.FirstOrDefault(one => one.Fits(host));
        if (first is { Kind: VerificationKind.Pin } && certificate is not null)
        {
            // Whoever pins a certificate means that one, whoever signed it and whatever it says.
            var pins = options.Tls.Verify.Where(one => one.Kind == VerificationKind.Pin && one.Pattern == first.Pattern).Select(one => one.Sha256!);
            var isPinned = pins.Any(pin => pin == Convert.ToHexString(SHA256.HashData(certificate.RawData)) || pin == Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));
            return isPinned ? (null, true) : (CertificateProblem.Unpinned(certificate, host), false);
        }

        var problem = CertificateProblem.Of(errors, certificate, chain, host);
        return first?.Kind switch
        {
            VerificationKind.Verify when problem is not null => (problem with { Fix = $"It is checked because of --ssl-verify-host {first.Pattern}=verify. If you trust this server all the same, give --ssl-verify-host {host}=skip before that." }, false),
            VerificationKind.Skip => (problem, true),
            _ => (problem, problem is null || (first is null && options.SslInsecure)),
        };
    }
}
