using System.Formats.Asn1;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;

namespace MitmWeb.Web.Api;

/// <summary>A certificate as people read it.</summary>
/// <param name="Subject">Whose it is; when the certificate cannot be read, a note of that.</param>
/// <param name="Issuer">Who signed it.</param>
/// <param name="SerialNumber">Its number, hexadecimal.</param>
/// <param name="NotBefore">Valid from.</param>
/// <param name="NotAfter">Valid until.</param>
/// <param name="SubjectAltNames">The names it is for: <c>DNS:api.example.com</c>, <c>IP:10.0.0.1</c>, <c>URI:spiffe://…</c>, <c>email:…</c>.</param>
/// <param name="KeyAlgorithm">The kind of its key: <c>ECDSA P-256</c>, <c>RSA 2048</c>.</param>
/// <param name="SignatureAlgorithm">How it was signed.</param>
/// <param name="KeyUsages">What the key may be used for: <c>digitalSignature</c>; empty when the certificate does not say.</param>
/// <param name="ExtendedKeyUsages">What the certificate may be used for: <c>serverAuth</c>; empty when it does not say.</param>
/// <param name="SubjectKeyIdentifier">The identifier of its key, hexadecimal; null when it has none.</param>
/// <param name="AuthorityKeyIdentifier">The identifier of its issuer's key, hexadecimal; null when it has none.</param>
/// <param name="OcspUrls">Where to ask whether it is revoked.</param>
/// <param name="IssuerUrls">Where its issuer's certificate is.</param>
/// <param name="CrlUrls">Where the list of revoked certificates is.</param>
/// <param name="FingerprintSha1">The SHA-1 of the whole, in pairs of hexadecimal digits.</param>
/// <param name="FingerprintSha256">The SHA-256 of the whole, in pairs of hexadecimal digits.</param>
/// <param name="PublicKeySha256">The SHA-256 of its key, base64: what apps pin (<c>sha256/…</c>); empty when the certificate cannot be read.</param>
/// <param name="IsCa">Whether it may sign others.</param>
/// <param name="IsSelfSigned">Whether subject and issuer are the same.</param>
/// <param name="Pem">The certificate itself.</param>
public sealed record CertificateDto(
    string Subject,
    string Issuer,
    string SerialNumber,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset NotBefore,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset NotAfter,
    IReadOnlyList<string> SubjectAltNames,
    string KeyAlgorithm,
    string SignatureAlgorithm,
    IReadOnlyList<string> KeyUsages,
    IReadOnlyList<string> ExtendedKeyUsages,
    string? SubjectKeyIdentifier,
    string? AuthorityKeyIdentifier,
    IReadOnlyList<string> OcspUrls,
    IReadOnlyList<string> IssuerUrls,
    IReadOnlyList<string> CrlUrls,
    string FingerprintSha1,
    string FingerprintSha256,
    string PublicKeySha256,
    bool IsCa,
    bool IsSelfSigned,
    string Pem)
{
    private static readonly Dictionary<string, string> Usages = new(StringComparer.Ordinal)
    {
        ["1.3.6.1.5.5.7.3.1"] = "serverAuth",
        ["1.3.6.1.5.5.7.3.2"] = "clientAuth",
        ["1.3.6.1.5.5.7.3.3"] = "codeSigning",
        ["1.3.6.1.5.5.7.3.4"] = "emailProtection",
        ["1.3.6.1.5.5.7.3.8"] = "timeStamping",
        ["1.3.6.1.5.5.7.3.9"] = "OCSPSigning",
        ["2.5.29.37.0"] = "anyExtendedKeyUsage",
    };

    /// <summary>Reads a certificate; what came from the network may be anything.</summary>
    public static CertificateDto From(byte[] der)
    {
        ArgumentNullException.ThrowIfNull(der);
#pragma warning disable CA5350 // People compare fingerprints with those that other programs show; nothing is protected by it.
        var sha1 = Pairs(SHA1.HashData(der));
#pragma warning restore CA5350
        var sha256 = Pairs(SHA256.HashData(der));
        var pem = PemEncoding.WriteString("CERTIFICATE", der);
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            var access = certificate.Extensions.OfType<X509AuthorityInformationAccessExtension>().FirstOrDefault();
            return new CertificateDto(
                certificate.Subject,
                certificate.Issuer,
                certificate.SerialNumber,
                certificate.NotBefore.ToUniversalTime(),
                certificate.NotAfter.ToUniversalTime(),
                NamesOf(certificate),
                KeyOf(certificate),
                certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "",
                [.. certificate.Extensions.OfType<X509KeyUsageExtension>().SelectMany(usage => KeyUsagesOf(usage.KeyUsages))],
                [.. certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(usage => usage.EnhancedKeyUsages.Cast<Oid>()).Select(UsageOf)],
                certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifier,
                certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier is { } issuerKey ? Convert.ToHexString(issuerKey.Span) : null,
                [.. access?.EnumerateOcspUris() ?? []],
                [.. access?.EnumerateCAIssuersUris() ?? []],
                CrlUrlsOf(certificate),
                sha1,
                sha256,
                Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())),
                certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority),
                certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData),
                pem);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentException or FormatException)
        {
            return new CertificateDto(
                $"(a certificate that cannot be read: {e.Message})", "", "", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, [], "", "", [], [], null, null, [], [], [],
                sha1, sha256, "", false, false, pem);
        }
    }

    private static string Pairs(byte[] bytes) => string.Join(':', bytes.Select(one => one.ToString("X2", CultureInfo.InvariantCulture)));

    /// <summary>The names of RFC 5280, section 4.2.1.6, that servers' certificates hold.</summary>
    private static List<string> NamesOf(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == "2.5.29.17"))
        {
            try
            {
                AddNames(extension, names);
            }
            catch (AsnContentException)
            {
                // The rest of the certificate is of interest all the same.
                names.Add("(names that cannot be read)");
            }
        }

        return names;

        static void AddNames(X509Extension extension, List<string> names)
        {
            var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (reader.HasData)
            {
                var tag = reader.PeekTag();
                switch (tag.TagValue)
                {
                    case 1:
                        names.Add("email:" + reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                        break;
                    case 2:
                        names.Add("DNS:" + reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                        break;
                    case 6:
                        names.Add("URI:" + reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                        break;
                    case 7:
                        var address = reader.ReadOctetString(tag);
                        names.Add("IP:" + (address.Length is 4 or 16 ? new IPAddress(address).ToString() : Convert.ToHexString(address)));
                        break;
                    default:
                        reader.ReadEncodedValue();
                        names.Add(string.Create(CultureInfo.InvariantCulture, $"other:type {tag.TagValue}"));
                        break;
                }
            }
        }
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using (var rsa = certificate.GetRSAPublicKey())
        {
            if (rsa is not null)
            {
                return $"RSA {rsa.KeySize}";
            }
        }

        using var ecdsa = certificate.GetECDsaPublicKey();
        return ecdsa is not null ? $"ECDSA P-{ecdsa.KeySize}" : certificate.PublicKey.Oid.Value switch
        {
            "1.3.101.112" => "Ed25519",
            "1.3.101.113" => "Ed448",
            var other => certificate.PublicKey.Oid.FriendlyName ?? other ?? "",
        };
    }

    private static IEnumerable<string> KeyUsagesOf(X509KeyUsageFlags usages) =>
        Enum.GetValues<X509KeyUsageFlags>()
            .Where(flag => flag != X509KeyUsageFlags.None && usages.HasFlag(flag))
            .Select(flag => flag == X509KeyUsageFlags.CrlSign ? "cRLSign" : char.ToLowerInvariant(flag.ToString()[0]) + flag.ToString()[1..]);

    private static string UsageOf(Oid usage) => Usages.GetValueOrDefault(usage.Value ?? "", usage.FriendlyName ?? usage.Value ?? "");

    /// <summary>The addresses of RFC 5280, section 4.2.1.13. .NET has no class for that extension.</summary>
    private static List<string> CrlUrlsOf(X509Certificate2 certificate)
    {
        var urls = new List<string>();
        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == "2.5.29.31"))
        {
            var points = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (points.HasData)
            {
                var point = points.ReadSequence();
                if (!point.HasData || point.PeekTag() is not { TagClass: TagClass.ContextSpecific, TagValue: 0 })
                {
                    continue;
                }

                var name = point.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
                if (!name.HasData || name.PeekTag() is not { TagClass: TagClass.ContextSpecific, TagValue: 0 })
                {
                    continue;
                }

                var full = name.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
                while (full.HasData)
                {
                    var tag = full.PeekTag();
                    if (tag.TagValue == 6)
                    {
                        urls.Add(full.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    }
                    else
                    {
                        full.ReadEncodedValue();
                    }
                }
            }
        }

        return urls;
    }
}
