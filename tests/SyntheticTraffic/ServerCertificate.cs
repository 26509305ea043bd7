using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.SyntheticTraffic;

/// <summary>A certificate that can be read but proves nothing: its key and its signature are random bytes, so that the same seed gives the same.</summary>
internal static class ServerCertificate
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string Sha256WithRsa = "1.2.840.113549.1.1.11";

    private static readonly DateTimeOffset Since = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Make(Dice dice, string host)
    {
        var request = new CertificateRequest(new X500DistinguishedName($"CN={host}"), Key(dice), HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            new X500DistinguishedName("CN=Example Trust R4, O=Example Trust, C=US"), new RandomSignature(dice.Bytes(256)), Since, Since.AddDays(90), dice.Bytes(16));
        return certificate.RawData;
    }

    private static PublicKey Key(Dice dice)
    {
        var modulus = dice.Bytes(256);
        modulus[0] |= 0x80;
        modulus[^1] |= 1;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(modulus);
            writer.WriteInteger(65537);
        }

        var oid = new Oid(RsaEncryption);
        return new PublicKey(oid, new AsnEncodedData(oid, [0x05, 0x00]), new AsnEncodedData(oid, writer.Encode()));
    }

    private sealed class RandomSignature(byte[] signature) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sha256WithRsa);
                writer.WriteNull();
            }

            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => signature;

        protected override PublicKey BuildPublicKey() => throw new NotSupportedException("The key of the issuer is not known.");
    }
}
