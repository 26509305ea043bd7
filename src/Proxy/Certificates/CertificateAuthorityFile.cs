using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>
/// Reads the authority's key file: a private key and its certificate; further certificates are the chain above it.
/// </summary>
internal static class CertificateAuthorityFile
{
    /// <param name="text">The file's content.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="passphrase">What opens an encrypted key.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="CertificateAuthorityException">The text holds no authority that can be used now.</exception>
    public static (AsymmetricAlgorithm Key, X509Certificate2 Certificate, X509Certificate2Collection Issuers) Parse(string text, string path, string? passphrase, DateTimeOffset now)
    {
        try
        {
            using var bundle = PemBundle.Read(text, passphrase);
            var found = bundle.CertificateOfKey();
            Check(found, path, now);
            var certificate = X509CertificateLoader.LoadCertificate(found.RawData);
            return (bundle.TakeKey(), certificate, IssuersOf(certificate, bundle.Certificates));
        }
        catch (PemException exception)
        {
            throw Corrupt(path, exception.Message, exception.InnerException);
        }
    }

    /// <summary>Checks all that would otherwise only show as handshakes failing everywhere.</summary>
    private static void Check(X509Certificate2 certificate, string path, DateTimeOffset now)
    {
        var constraints = certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault();
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        if (constraints is not { CertificateAuthority: true } || (usage is not null && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign)))
        {
            throw Corrupt(path, "its certificate may not sign others (it is not a CA certificate)");
        }

        if (now >= certificate.NotAfter.ToUniversalTime())
        {
            throw new CertificateAuthorityException(
                $"The certificate authority {path} expired on {Date(certificate.NotAfter)}: make a new one with 'mitmweb ca rotate' and install that on your devices.");
        }

        if (now < certificate.NotBefore.ToUniversalTime())
        {
            throw new CertificateAuthorityException(
                $"The certificate authority {path} is only valid from {Date(certificate.NotBefore)} on: set this machine's clock right.");
        }
    }

    private static X509Certificate2Collection IssuersOf(X509Certificate2 certificate, List<X509Certificate2> certificates)
    {
        var issuers = new X509Certificate2Collection();
        var selfIssued = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
        if (!selfIssued)
        {
            foreach (var one in certificates)
            {
                // Copies of their own, so that both can be disposed.
                issuers.Add(X509CertificateLoader.LoadCertificate(one.RawData));
            }
        }

        return issuers;
    }

    private static string Date(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static CertificateAuthorityException Corrupt(string path, string cause, Exception? inner = null) =>
        new($"The certificate authority {path} cannot be used because {cause}: restore it from a backup, or make a new one with 'mitmweb ca rotate'.", inner);
}
