using System.Formats.Asn1;
using System.Security.Cryptography;

namespace MitmWeb.Proxy.Tls;

/// <summary>What a stapled OCSP response says of the server's certificate (RFC 6960, section 4.2.1). Its signature is not checked.</summary>
/// <param name="Status"><c>good</c>, <c>revoked</c> or <c>unknown</c>; or why the responder gave no answer.</param>
/// <param name="ProducedAt">When the responder signed it.</param>
/// <param name="ThisUpdate">From when on it is known to be so.</param>
/// <param name="NextUpdate">When something newer is there, or null when at any time.</param>
public sealed record OcspStaple(string Status, DateTimeOffset? ProducedAt = null, DateTimeOffset? ThisUpdate = null, DateTimeOffset? NextUpdate = null)
{
    private const string BasicResponse = "1.3.6.1.5.5.7.48.1.1";

    /// <summary>Reads a response.</summary>
    /// <returns>Null when it cannot be read.</returns>
    public static OcspStaple? Read(byte[] der)
    {
        try
        {
            var response = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            var status = (int)response.ReadEnumeratedBytes().Span[0];
            if (status != 0)
            {
                return new OcspStaple(status switch
                {
                    1 => "malformed request",
                    2 => "internal error of the responder",
                    3 => "try later",
                    5 => "signature required",
                    6 => "unauthorized",
                    _ => $"error {status}",
                });
            }

            var bytes = response.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
            if (bytes.ReadObjectIdentifier() != BasicResponse)
            {
                return null;
            }

            var data = new AsnReader(bytes.ReadOctetString(), AsnEncodingRules.DER).ReadSequence().ReadSequence();
            Skip(data, 0);
            data.ReadEncodedValue(); // The responder's name or key.
            var producedAt = data.ReadGeneralizedTime();
            var single = data.ReadSequence().ReadSequence();
            single.ReadSequence(); // Which certificate it is about.
            var certificate = single.PeekTag().TagValue switch { 0 => "good", 1 => "revoked", _ => "unknown" };
            single.ReadEncodedValue();
            var thisUpdate = single.ReadGeneralizedTime();
            DateTimeOffset? nextUpdate = single.HasData && single.PeekTag() is { TagClass: TagClass.ContextSpecific, TagValue: 0 }
                ? single.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadGeneralizedTime()
                : null;
            return new OcspStaple(certificate, producedAt, thisUpdate, nextUpdate);
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static void Skip(AsnReader reader, int tag)
    {
        if (reader.PeekTag() is { TagClass: TagClass.ContextSpecific } found && found.TagValue == tag)
        {
            reader.ReadEncodedValue();
        }
    }
}
