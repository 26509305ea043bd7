using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>
/// What a PEM file holds (RFC 7468): a private key (PKCS #8, SEC 1 or PKCS #1, encrypted or not) and certificates in any order, with text
/// in between, as OpenSSL, mitmproxy and we write it. Further keys are passed over.
/// </summary>
internal sealed class PemBundle : IDisposable
{
    private PemBundle(AsymmetricAlgorithm? key, List<X509Certificate2> certificates)
    {
        Key = key;
        Certificates = certificates;
    }

    public AsymmetricAlgorithm? Key { get; private set; }

    /// <summary>The certificates in the file's order.</summary>
    public List<X509Certificate2> Certificates { get; }

    /// <param name="text">The file's content.</param>
    /// <param name="passphrase">What opens an encrypted key; passed over where it is not.</param>
    /// <exception cref="PemException">Something in it cannot be read.</exception>
    public static PemBundle Read(string text, string? passphrase)
    {
        var bundle = new PemBundle(null, []);
        try
        {
            var rest = text.AsSpan();
            while (PemEncoding.TryFind(rest, out var fields))
            {
                bundle.Add(rest[fields.Label], rest[fields.Location], passphrase);
                rest = rest[fields.Location.End..];
            }

            // OpenSSL's own encryption has header lines inside the block, which RFC 7468 does not know.
            if (bundle.Key is null && LegacyPemKey.TryFind(text, out var legacy))
            {
                bundle.Key = legacy.Decrypt(passphrase ?? throw Encrypted());
            }

            return bundle;
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    /// <summary>The key and the certificate that belongs to it, as one; the others are what is sent along.</summary>
    /// <exception cref="PemException">The file lacks one of them, or they do not belong together.</exception>
    public (X509Certificate2 Pair, X509Certificate2Collection Others) ToPair()
    {
        var certificate = CertificateOfKey();
        var pair = Key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)Key!);
        var others = new X509Certificate2Collection();
        foreach (var other in Certificates.Where(other => !ReferenceEquals(other, certificate)))
        {
            // A copy of its own, so that this can be disposed.
            others.Add(X509CertificateLoader.LoadCertificate(other.RawData));
        }

        return (pair, others);
    }

    /// <summary>The certificate that the key belongs to.</summary>
    /// <exception cref="PemException">The file lacks one of them, or they do not belong together.</exception>
    public X509Certificate2 CertificateOfKey()
    {
        if (Key is null)
        {
            throw new PemException(Certificates.Count == 0 ? "it holds neither a private key nor a certificate" : "it holds no private key");
        }

        if (Certificates.Count == 0)
        {
            throw new PemException("it holds no certificate");
        }

        var publicKey = Key.ExportSubjectPublicKeyInfo();
        return Certificates.Find(one => one.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKey))
            ?? throw new PemException("its private key does not belong to its certificate");
    }

    /// <summary>The key is the caller's from now on.</summary>
    public AsymmetricAlgorithm TakeKey()
    {
        var key = Key!;
        Key = null;
        return key;
    }

    public void Dispose()
    {
        Key?.Dispose();
        Certificates.ForEach(static one => one.Dispose());
    }

    private void Add(ReadOnlySpan<char> label, ReadOnlySpan<char> block, string? passphrase)
    {
        try
        {
            switch (label)
            {
                case "CERTIFICATE" or "TRUSTED CERTIFICATE" or "X509 CERTIFICATE":
                    Certificates.Add(X509Certificate2.CreateFromPem(block));
                    break;
                case "PRIVATE KEY" or "EC PRIVATE KEY" or "RSA PRIVATE KEY" when Key is null:
                    Key = PrivateKeyPem.Read(label, block);
                    break;
                case "ENCRYPTED PRIVATE KEY" when Key is null:
                    Key = PrivateKeyPem.ReadEncrypted(block, passphrase ?? throw Encrypted());
                    break;
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new PemException($"its {(label.EndsWith("CERTIFICATE") ? "certificate" : "private key")} cannot be decoded", exception);
        }
    }

    private static PemException Encrypted() => new("its private key is encrypted and no passphrase was given (--cert-passphrase)");
}
