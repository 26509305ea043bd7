using System.Security.Cryptography;

namespace MitmWeb.Proxy.Certificates;

/// <summary>Reads private keys whose kind only their content says.</summary>
internal static class PrivateKeyPem
{
    /// <exception cref="CryptographicException">The block cannot be decoded.</exception>
    public static AsymmetricAlgorithm Read(ReadOnlySpan<char> label, ReadOnlySpan<char> block)
    {
        var pem = block.ToString();
        return label switch
        {
            "EC PRIVATE KEY" => Import(ECDsa.Create(), key => key.ImportFromPem(pem)),
            "RSA PRIVATE KEY" => Import(RSA.Create(), key => key.ImportFromPem(pem)),

            // PKCS #8 says inside which kind it holds; asking both importers is simpler than reading it ourselves.
            _ => Either(key => key.ImportFromPem(pem)),
        };
    }

    /// <summary>An encrypted PKCS #8 key (RFC 5958, section 3).</summary>
    /// <exception cref="PemException">The passphrase is wrong.</exception>
    public static AsymmetricAlgorithm ReadEncrypted(ReadOnlySpan<char> block, string passphrase)
    {
        var pem = block.ToString();
        try
        {
            return Either(key => key.ImportFromEncryptedPem(pem, passphrase));
        }
        catch (CryptographicException exception)
        {
            throw WrongPassphrase(exception);
        }
    }

    public static PemException WrongPassphrase(Exception? inner) => new("the passphrase does not open its private key (--cert-passphrase)", inner);

    public static T Import<T>(T key, Action<T> import)
        where T : AsymmetricAlgorithm
    {
        try
        {
            import(key);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static AsymmetricAlgorithm Either(Action<AsymmetricAlgorithm> import)
    {
        try
        {
            return Import<AsymmetricAlgorithm>(ECDsa.Create(), import);
        }
        catch (CryptographicException)
        {
            return Import<AsymmetricAlgorithm>(RSA.Create(), import);
        }
    }
}
