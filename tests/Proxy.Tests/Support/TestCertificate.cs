using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary>Certificates of every kind, as servers and clients in tests show them.</summary>
internal static class TestCertificate
{
    /// <summary>A root that no machine trusts.</summary>
    public static X509Certificate2 Root(string name = "CN=Test Root")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(100));
    }

    /// <summary>A certificate for those names, addresses among them.</summary>
    /// <param name="subject">The subject as text; empty for none.</param>
    /// <param name="names">What it is for.</param>
    /// <param name="issuer">Who signs it; null for itself.</param>
    /// <param name="isAuthority">Whether it may sign others.</param>
    /// <param name="from">When it begins, in days from now.</param>
    /// <param name="days">When it ends, in days from now.</param>
    public static X509Certificate2 Create(
        string subject, IEnumerable<string> names, X509Certificate2? issuer = null, bool isAuthority = false, int from = -5, int days = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        var any = false;
        foreach (var name in names)
        {
            any = true;
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        if (any)
        {
            request.CertificateExtensions.Add(alternatives.Build());
        }

        if (isAuthority)
        {
            request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        }

        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = DateTimeOffset.UtcNow;
        if (issuer is null)
        {
            return request.CreateSelfSigned(now.AddDays(from), now.AddDays(days));
        }

        using var signed = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!), now.AddDays(from), now.AddDays(days), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>The key and the certificate as PEM, and whatever else is to be sent along.</summary>
    public static string Pem(X509Certificate2 certificate, params IEnumerable<X509Certificate2> chain) =>
        certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n" + string.Join('\n', chain.Prepend(certificate).Select(one => one.ExportCertificatePem())) + "\n";
}
