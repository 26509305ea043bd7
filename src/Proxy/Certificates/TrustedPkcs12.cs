using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>
/// A certificate alone as PKCS #12 (RFC 7292), marked as trusted. .NET's own export cannot mark it, and without the mark Java
/// sees an empty trust store.
/// </summary>
/// <remarks>
/// Nothing in it is secret, so nothing is encrypted. The MAC is over an empty password because Windows and macOS insist on one;
/// it protects nothing, and SHA-1 is the one that every importer reads.
/// </remarks>
internal static class TrustedPkcs12
{
    private const string Data = "1.2.840.113549.1.7.1";
    private const string CertificateBag = "1.2.840.113549.1.12.10.1.3";
    private const string X509Certificate = "1.2.840.113549.1.9.22.1";
    private const string FriendlyName = "1.2.840.113549.1.9.20";
    private const string Sha1 = "1.3.14.3.2.26";

    // Java's marker, with the usages for which the certificate is trusted (JDK-8015078).
    private const string TrustedKeyUsage = "2.16.840.1.113894.746875.1.1";
    private const string AnyExtendedKeyUsage = "2.5.29.37.0";

    private const int Iterations = 2048;

    public static byte[] Encode(X509Certificate2 certificate)
    {
        var safe = Write(w => WriteContentInfo(w, Write(w => WriteBag(w, certificate))));
        var pfx = new AsnWriter(AsnEncodingRules.DER);
        using (pfx.PushSequence())
        {
            pfx.WriteInteger(3);
            WriteContentInfo(pfx, safe.Sequence());
            WriteMac(pfx, safe.Sequence(), SHA256.HashData(certificate.RawData).AsSpan(0, 8));
        }

        return pfx.Encode();
    }

    private static byte[] Write(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }

    private static byte[] Sequence(this byte[] element) => Write(w =>
    {
        using (w.PushSequence())
        {
            w.WriteEncodedValue(element);
        }
    });

    private static void WriteContentInfo(AsnWriter writer, byte[] content)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Data);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteOctetString(content);
            }
        }
    }

    private static void WriteBag(AsnWriter writer, X509Certificate2 certificate)
    {
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(CertificateBag);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(X509Certificate);
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteOctetString(certificate.RawData);
                }
            }

            using (writer.PushSetOf())
            {
                WriteAttribute(writer, FriendlyName, w => w.WriteCharacterString(UniversalTagNumber.BMPString, "mitmweb"));
                WriteAttribute(writer, TrustedKeyUsage, w => w.WriteObjectIdentifier(AnyExtendedKeyUsage));
            }
        }
    }

    private static void WriteAttribute(AsnWriter writer, string type, Action<AsnWriter> value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(type);
            using (writer.PushSetOf())
            {
                value(writer);
            }
        }
    }

    private static void WriteMac(AsnWriter writer, byte[] content, ReadOnlySpan<byte> salt)
    {
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Sha1);
                    writer.WriteNull();
                }

#pragma warning disable CA5350 // The format's MAC, not a protection: see above.
                writer.WriteOctetString(HMACSHA1.HashData(MacKey(salt), content));
#pragma warning restore CA5350
            }

            writer.WriteOctetString(salt);
            writer.WriteInteger(Iterations);
        }
    }

    /// <summary>RFC 7292, appendix B.2, for a MAC key (ID 3) of one SHA-1 block from the empty password.</summary>
    private static byte[] MacKey(ReadOnlySpan<byte> salt)
    {
        // D, S and P are 64 bytes each; P, the password as BMP string with its terminator, is all zeros.
        Span<byte> input = stackalloc byte[3 * 64];
        input.Clear();
        input[..64].Fill(3);
        for (var i = 0; i < 64; i++)
        {
            input[64 + i] = salt[i % salt.Length];
        }

#pragma warning disable CA5350 // See above.
        var hash = SHA1.HashData(input);
        for (var i = 1; i < Iterations; i++)
        {
            hash = SHA1.HashData(hash);
        }
#pragma warning restore CA5350

        return hash;
    }
}
