using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Tests.Audit;

/// <summary>Signs certificates the way of twenty years ago, which .NET itself does not do any more.</summary>
internal sealed class Sha1SignatureGenerator(RSA key) : X509SignatureGenerator
{
    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
        Convert.FromHexString("300D06092A864886F70D0101050500"); // sha1WithRSAEncryption (RFC 3279, section 2.2.1)

#pragma warning disable CA5350 // That it is weak is what the test is about.
    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
#pragma warning restore CA5350

    protected override PublicKey BuildPublicKey() => CreateForRSA(key, RSASignaturePadding.Pkcs1).PublicKey;
}
