using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace MitmWeb.Proxy.Certificates;

/// <summary>
/// A private key as OpenSSL encrypted it before PKCS #8 (PEM_write_RSAPrivateKey and its like), which many key files still are: the
/// headers <c>Proc-Type</c> and <c>DEK-Info</c> (RFC 1421, sections 4.6.1.1 and 4.6.1.3), the key derived by EVP_BytesToKey with MD5.
/// </summary>
internal sealed partial class LegacyPemKey
{
    private readonly bool _isRsa;
    private readonly string _cipher;
    private readonly byte[] _iv;
    private readonly byte[] _content;

    private LegacyPemKey(bool isRsa, string cipher, byte[] iv, byte[] content)
    {
        _isRsa = isRsa;
        _cipher = cipher;
        _iv = iv;
        _content = content;
    }

    /// <summary>Finds the first such key in a file.</summary>
    /// <exception cref="PemException">There is one that cannot be read.</exception>
    public static bool TryFind(string text, [NotNullWhen(true)] out LegacyPemKey? key)
    {
        key = null;
        var match = Block().Match(text);
        if (!match.Success)
        {
            return false;
        }

        try
        {
            key = new LegacyPemKey(
                match.Groups["kind"].Value == "RSA",
                match.Groups["cipher"].Value.ToUpperInvariant(),
                Convert.FromHexString(match.Groups["iv"].Value),
                Convert.FromBase64String(match.Groups["content"].Value));
            return true;
        }
        catch (FormatException exception)
        {
            throw new PemException("its private key cannot be decoded", exception);
        }
    }

    /// <exception cref="PemException">The passphrase is wrong, or the cipher is not known.</exception>
    public AsymmetricAlgorithm Decrypt(string passphrase)
    {
        using var cipher = Cipher();
        try
        {
            cipher.Key = DeriveKey(Encoding.UTF8.GetBytes(passphrase), _iv.AsSpan(0, 8), cipher.KeySize / 8);
            var der = cipher.DecryptCbc(_content, _iv);
            return _isRsa
                ? PrivateKeyPem.Import(RSA.Create(), key => key.ImportRSAPrivateKey(der, out _))
                : PrivateKeyPem.Import(ECDsa.Create(), key => key.ImportECPrivateKey(der, out _));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw PrivateKeyPem.WrongPassphrase(exception);
        }
    }

#pragma warning disable CA5350, CA5351 // What old files are encrypted with; nothing is written so.
    private SymmetricAlgorithm Cipher()
    {
        SymmetricAlgorithm? cipher = _cipher switch
        {
            "AES-128-CBC" => Sized(128),
            "AES-192-CBC" => Sized(192),
            "AES-256-CBC" => Sized(256),
            "DES-EDE3-CBC" => TripleDES.Create(),
            "DES-CBC" => DES.Create(),
            _ => null,
        };
        return cipher is not null && _iv.Length == cipher.BlockSize / 8
            ? cipher
            : throw new PemException($"its private key is encrypted with {_cipher}, which MitmWeb does not know (convert it with 'openssl pkcs8 -topk8')");

        static Aes Sized(int bits)
        {
            var aes = Aes.Create();
            aes.KeySize = bits;
            return aes;
        }
    }

    /// <summary>EVP_BytesToKey with one round: MD5 of what came before, the passphrase and the salt, until there is enough.</summary>
    private static byte[] DeriveKey(byte[] passphrase, ReadOnlySpan<byte> salt, int length)
    {
        var key = new List<byte>();
        byte[] last = [];
        while (key.Count < length)
        {
            last = MD5.HashData([.. last, .. passphrase, .. salt]);
            key.AddRange(last);
        }

        return [.. key.Take(length)];
    }
#pragma warning restore CA5350, CA5351

    [GeneratedRegex(
        @"-----BEGIN (?<kind>RSA|EC) PRIVATE KEY-----\s+Proc-Type: ?4,ENCRYPTED\s+DEK-Info: ?(?<cipher>[A-Za-z0-9-]+),(?<iv>[0-9A-Fa-f]{16,})\s+(?<content>[A-Za-z0-9+/=\s]+)-----END",
        RegexOptions.CultureInvariant,
        1000)]
    private static partial Regex Block();
}
