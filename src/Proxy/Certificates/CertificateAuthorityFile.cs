using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>
/// Reads the authority's key file: a private key (PKCS #8, SEC 1 or PKCS #1) and its certificate in any order, with text in between, as
/// OpenSSL, mitmproxy and we write it; further certificates are the chain above it.
/// </summary>
internal static class CertificateAuthorityFile
{
    /// <exception cref="CertificateAuthorityException">The text holds no authority that can be used now.</exception>
    public static (AsymmetricAlgorithm Key, X509Certificate2 Certificate, X509Certificate2Collection Issuers) Parse(string text, string path, DateTimeOffset now)
    {
        AsymmetricAlgorithm? key = null;
        var certificates = new List<X509Certificate2>();
        try
        {
            ReadBlocks(text, path, ref key, certificates);
            var certificate = Check(key, certificates, path, now);
            return (key!, certificate, IssuersOf(certificate, certificates));
        }
        catch
        {
            key?.Dispose();
            certificates.ForEach(c => c.Dispose());
            throw;
        }
    }

    private static void ReadBlocks(string text, string path, ref AsymmetricAlgorithm? key, List<X509Certificate2> certificates)
    {
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var label = rest[fields.Label];
            var block = rest[fields.Location];
            try
            {
                switch (label)
                {
                    case "CERTIFICATE":
                        certificates.Add(X509Certificate2.CreateFromPem(block));
                        break;
                    case "PRIVATE KEY" or "EC PRIVATE KEY" or "RSA PRIVATE KEY" when key is null:
                        if (block.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
                        {
                            throw Encrypted(path);
                        }

                        key = ReadKey(label, block);
                        break;
                    case "ENCRYPTED PRIVATE KEY":
                        throw Encrypted(path);
                }
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                throw Corrupt(path, $"its {(label is "CERTIFICATE" ? "certificate" : "private key")} cannot be decoded", e);
            }

            rest = rest[fields.Location.End..];
        }
    }

    private static AsymmetricAlgorithm ReadKey(ReadOnlySpan<char> label, ReadOnlySpan<char> block)
    {
        if (label is "EC PRIVATE KEY")
        {
            return Import(ECDsa.Create(), block);
        }

        if (label is "RSA PRIVATE KEY")
        {
            return Import(RSA.Create(), block);
        }

        // PKCS #8 says inside which kind it holds; asking both importers is simpler than reading it ourselves.
        try
        {
            return Import(ECDsa.Create(), block);
        }
        catch (CryptographicException)
        {
            return Import(RSA.Create(), block);
        }
    }

    private static AsymmetricAlgorithm Import(AsymmetricAlgorithm key, ReadOnlySpan<char> block)
    {
        try
        {
            key.ImportFromPem(block);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Checks all that would otherwise only show as handshakes failing everywhere, and finds the certificate of the key.</summary>
    private static X509Certificate2 Check(AsymmetricAlgorithm? key, List<X509Certificate2> certificates, string path, DateTimeOffset now)
    {
        if (key is null && certificates.Count == 0)
        {
            throw Corrupt(path, "it holds neither a private key nor a certificate");
        }

        if (key is null)
        {
            throw Corrupt(path, "it holds no private key");
        }

        if (certificates.Count == 0)
        {
            throw Corrupt(path, "it holds no certificate");
        }

        var publicKey = key.ExportSubjectPublicKeyInfo();
        var certificate = certificates.Find(c => c.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKey))
            ?? throw Corrupt(path, "its private key does not belong to its certificate");

        var constraints = certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault();
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        if (constraints is not { CertificateAuthority: true } || (usage is not null && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign)))
        {
            throw Corrupt(path, "its certificate may not sign others (it is not a CA certificate)");
        }

        if (now >= certificate.NotAfter.ToUniversalTime())
        {
            throw new CertificateAuthorityException(
                $"The certificate authority {path} expired on {Date(certificate.NotAfter)}: move the file away, start again for a new one and install that on your devices.");
        }

        if (now < certificate.NotBefore.ToUniversalTime())
        {
            throw new CertificateAuthorityException(
                $"The certificate authority {path} is only valid from {Date(certificate.NotBefore)} on: set this machine's clock right.");
        }

        return certificate;
    }

    private static X509Certificate2Collection IssuersOf(X509Certificate2 certificate, List<X509Certificate2> certificates)
    {
        var issuers = new X509Certificate2Collection();
        var selfIssued = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
        foreach (var other in certificates)
        {
            if (!selfIssued)
            {
                // A copy of its own, so that both can be disposed.
                issuers.Add(X509CertificateLoader.LoadCertificate(other.RawData));
            }

            if (!ReferenceEquals(other, certificate))
            {
                other.Dispose();
            }
        }

        return issuers;
    }

    private static string Date(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static CertificateAuthorityException Corrupt(string path, string cause, Exception? inner = null) =>
        new($"The certificate authority {path} cannot be used because {cause}: restore it from a backup, or move it away and start again for a new one.", inner);

    private static CertificateAuthorityException Encrypted(string path) =>
        new($"The private key in {path} is encrypted: decrypt it with 'openssl pkey -in {path}' and put the result in its place.");
}
