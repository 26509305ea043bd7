using System.Formats.Asn1;
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
/// <param name="SubjectAltNames">The names it is for: <c>DNS:api.example.com</c>, <c>IP:10.0.0.1</c>.</param>
/// <param name="KeyAlgorithm">The kind of its key: <c>ECDSA P-256</c>, <c>RSA 2048</c>.</param>
/// <param name="SignatureAlgorithm">How it was signed.</param>
/// <param name="FingerprintSha256">The SHA-256 of the whole, in pairs of hexadecimal digits.</param>
/// <param name="IsCa">Whether it may sign others.</param>
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
    string FingerprintSha256,
    bool IsCa,
    string Pem)
{
    /// <summary>Reads a certificate; what came from the network may be anything.</summary>
    public static CertificateDto From(byte[] der)
    {
        ArgumentNullException.ThrowIfNull(der);
        var fingerprint = string.Join(':', SHA256.HashData(der).Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
        var pem = PemEncoding.WriteString("CERTIFICATE", der);
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            var names = new List<string>();
            foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
            {
                names.AddRange(extension.EnumerateDnsNames().Select(name => "DNS:" + name));
                names.AddRange(extension.EnumerateIPAddresses().Select((IPAddress address) => "IP:" + address));
            }

            return new CertificateDto(
                certificate.Subject,
                certificate.Issuer,
                certificate.SerialNumber,
                certificate.NotBefore.ToUniversalTime(),
                certificate.NotAfter.ToUniversalTime(),
                names,
                KeyOf(certificate),
                certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "",
                fingerprint,
                certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority),
                pem);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return new CertificateDto(
                $"(a certificate that cannot be read: {e.Message})", "", "", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, [], "", "", fingerprint, false, pem);
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
        return ecdsa is null ? certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "" : $"ECDSA P-{ecdsa.KeySize}";
    }
}
