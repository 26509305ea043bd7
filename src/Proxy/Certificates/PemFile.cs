using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>Reads the PEM files that options name.</summary>
internal static class PemFile
{
    /// <summary>A key with its certificate and what is to be sent along with it.</summary>
    /// <exception cref="TlsOptionsException">The file cannot be used.</exception>
    public static SslStreamCertificateContext ReadPair(string path, string? passphrase, string option) => Read(path, passphrase, option, bundle =>
    {
        var (pair, others) = bundle.ToPair();
        if (OperatingSystem.IsWindows())
        {
            // SChannel cannot use a key that lives in memory only; importing the pair puts it into a key store for as long as it is used.
            using var ephemeral = pair;
            pair = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), password: null);
        }

        return SslStreamCertificateContext.Create(pair, others, offline: true);
    });

    /// <summary>Certificates alone.</summary>
    /// <exception cref="TlsOptionsException">The file cannot be used.</exception>
    public static X509Certificate2Collection ReadCertificates(string path, string option) => Read(path, null, option, bundle =>
        bundle.Certificates.Count == 0
            ? throw new PemException("it holds no certificate")
            : new X509Certificate2Collection(bundle.Certificates.Select(one => X509CertificateLoader.LoadCertificate(one.RawData)).ToArray()));

    private static T Read<T>(string path, string? passphrase, string option, Func<PemBundle, T> use)
    {
        try
        {
            using var bundle = PemBundle.Read(File.ReadAllText(path, System.Text.Encoding.Latin1), passphrase);
            return use(bundle);
        }
        catch (PemException exception)
        {
            throw new TlsOptionsException($"{option}: the file {path} cannot be used because {exception.Message}.", exception.InnerException);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new TlsOptionsException($"{option}: the file {path} cannot be read ({exception.Message.TrimEnd('.')}).", exception);
        }
    }
}
