using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Upstream;

/// <summary>Keeps what the platform found when it checked a server's certificate.</summary>
internal static class CertificateCheck
{
    public static CertificateVerification Of(SslPolicyErrors errors, X509Chain? chain, VerificationRule rule) => new(
        !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
        [.. (chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>()).Select(Step)],
        rule);

    private static TrustStep Step(X509ChainElement element) => new(
        element.Certificate.Subject,
        element.Certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(),
        [.. element.ChainElementStatus.Where(status => status.Status != X509ChainStatusFlags.NoError).Select(status => status.Status.ToString())]);
}
