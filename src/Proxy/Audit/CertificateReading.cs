using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Audit;

/// <summary>What of a certificate chain matters to the audit, read once.</summary>
/// <param name="Facts">The server's own certificate; null when it cannot be read.</param>
/// <param name="Names">The names and addresses it is for.</param>
/// <param name="WeakKey">The key that is too short, in words; null when none is.</param>
/// <param name="WeakSignature">The signature that is too weak, in words; null when none is.</param>
internal sealed record CertificateReading(CertificateAudit? Facts, string Names, string? WeakKey, string? WeakSignature)
{
    private readonly byte[] _leaf = [];

    /// <summary>Reads a chain; what came from the network may be anything.</summary>
    /// <param name="chain">The certificates as they were sent (DER), the server's own first.</param>
    /// <param name="error">Why it was not trusted when it was captured.</param>
    /// <param name="flow">The flow that shows it.</param>
    public static CertificateReading? Read(IReadOnlyList<byte[]> chain, string? error, long flow)
    {
        if (chain.Count == 0)
        {
            return null;
        }

        CertificateAudit? facts = null;
        string names = "", key = "";
        string? weakKey = null, weakSignature = null;
        for (var i = 0; i < chain.Count; i++)
        {
            try
            {
                using var certificate = X509CertificateLoader.LoadCertificate(chain[i]);
                var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
                if (ShortKey(certificate, out key))
                {
                    weakKey ??= $"{key} of {name}";
                }

                // A self-signed certificate is trusted for itself; its signature proves nothing either way (RFC 9325, section 4.5).
                var signature = certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "";
                if (IsWeakSignature(signature) && !certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
                {
                    weakSignature ??= $"{signature} under {name}";
                }

                if (i == 0)
                {
                    names = NamesOf(certificate);
                    facts = new CertificateAudit(
                        certificate.Subject,
                        certificate.Issuer,
                        certificate.NotBefore.ToUniversalTime(),
                        certificate.NotAfter.ToUniversalTime(),
                        key,
                        signature,
                        Convert.ToHexStringLower(SHA256.HashData(chain[0])),
                        error,
                        flow);
                }
            }
            catch (Exception e) when (e is CryptographicException or AsnContentException)
            {
                // A damaged certificate is what the error says already.
            }
        }

        return new CertificateReading(facts, names, weakKey, weakSignature, chain[0]);
    }

    private CertificateReading(CertificateAudit? facts, string names, string? weakKey, string? weakSignature, byte[] leaf)
        : this(facts, names, weakKey, weakSignature) => _leaf = leaf;

    /// <summary>Whether the certificate stands for a host (RFC 9525, section 6). True for what is no name at all: nobody can say.</summary>
    public bool IsFor(string host)
    {
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return true;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(_leaf);
        return certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false);
    }

    private static bool ShortKey(X509Certificate2 certificate, out string key)
    {
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
        {
            key = $"RSA {rsa.KeySize}";
            return rsa.KeySize < 2048;
        }

        using var ecdsa = certificate.GetECDsaPublicKey();
        key = ecdsa is null ? certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "" : $"ECDSA P-{ecdsa.KeySize}";
        return ecdsa is { KeySize: < 224 };
    }

    private static bool IsWeakSignature(string name) =>
        name.Contains("sha1", StringComparison.OrdinalIgnoreCase) || name.Contains("md5", StringComparison.OrdinalIgnoreCase) || name.Contains("md2", StringComparison.OrdinalIgnoreCase);

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select((IPAddress address) => address.ToString()));
        }

        return names.Count switch
        {
            0 => "no names",
            <= 5 => string.Join(", ", names),
            _ => $"{string.Join(", ", names.Take(5))} and {names.Count - 5} more",
        };
    }
}
