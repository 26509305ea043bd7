using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>An authority's revocation list (RFC 5280, section 5), with nothing in it.</summary>
internal sealed record RevocationList(byte[] Der, DateTimeOffset MadeAt)
{
    public static readonly TimeSpan RenewAfter = TimeSpan.FromDays(1);

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public static RevocationList Create(X509Certificate2 authority, X509SignatureGenerator generator, X509AuthorityKeyIdentifierExtension identifier, DateTimeOffset now)
    {
        // It reaches back like the certificates do, for clients whose clock is slow; the number must only grow (section 5.2.3).
        var der = new CertificateRevocationListBuilder().Build(
            authority.SubjectName,
            generator,
            crlNumber: new BigInteger(now.ToUnixTimeSeconds()),
            nextUpdate: now + Lifetime,
            HashAlgorithmName.SHA256,
            identifier,
            thisUpdate: now - CertificateAuthority.ClockSkew);
        return new RevocationList(der, now);
    }
}
