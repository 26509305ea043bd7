using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Upstream;

/// <summary>Decides whether a server's certificate is good enough, host by host.</summary>
internal sealed class UpstreamVerification(ProxyOptions options)
{
    /// <summary>What is wrong with the certificate, whether the connection may go on all the same, and by which rule.</summary>
    public (CertificateProblem? Problem, bool IsAccepted, VerificationRule Rule) Check(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var first = options.Tls.Verify.FirstOrDefault(one => one.Hosts.Matches(host));
        if (first is { Kind: VerificationKind.Pin } && certificate is not null)
        {
            // Whoever pins a certificate means that one, whoever signed it and whatever it says.
            var pins = options.Tls.Verify.Where(one => one.Kind == VerificationKind.Pin && one.Hosts == first.Hosts).Select(one => one.Sha256!);
            var isPinned = pins.Any(pin => pin == Convert.ToHexString(SHA256.HashData(certificate.RawData)) || pin == Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));
            return isPinned ? (null, true, VerificationRule.Pin) : (CertificateProblem.Unpinned(certificate, host), false, VerificationRule.Pin);
        }

        var problem = CertificateProblem.Of(errors, certificate, chain, host);
        return first?.Kind switch
        {
            null => (problem, problem is null || options.SslInsecure, options.SslInsecure ? VerificationRule.Insecure : VerificationRule.Verify),
            VerificationKind.Skip => (problem, true, VerificationRule.Skip),
            VerificationKind.Verify when problem is not null =>
                (problem with { Fix = $"It is checked because of --ssl-verify-host {first.Hosts}=verify. If you trust this server all the same, give --ssl-verify-host {host}=skip before that." }, false, VerificationRule.Verify),
            _ => (problem, problem is null, VerificationRule.Verify),
        };
    }
}
