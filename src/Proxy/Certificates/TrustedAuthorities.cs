using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>The CAs that servers' certificates are checked against when they are not the system's.</summary>
internal static class TrustedAuthorities
{
    /// <summary>Reads them; null where neither is given.</summary>
    /// <param name="file">A PEM file.</param>
    /// <param name="folder">A folder of PEM files, such as <c>c_rehash</c> works on.</param>
    /// <exception cref="TlsOptionsException">Something cannot be read, or there is no certificate in it.</exception>
    public static X509Certificate2Collection? Load(string? file, string? folder)
    {
        if (file is null && folder is null)
        {
            return null;
        }

        var all = new X509Certificate2Collection();
        if (file is not null)
        {
            all.AddRange(PemFile.ReadCertificates(file, "--ssl-verify-upstream-trusted-ca"));
        }

        if (folder is not null)
        {
            foreach (var one in FilesOf(folder))
            {
                all.AddRange(PemFile.ReadCertificates(one, Folder));
            }
        }

        return all.Count > 0 ? all : throw new TlsOptionsException($"{Folder}: the folder {folder} holds no PEM file.");
    }

    private const string Folder = "--ssl-verify-upstream-trusted-confdir";

    private static string[] FilesOf(string folder)
    {
        try
        {
            // c_rehash's own links (12345678.0) name files that are there under their own names, too; reading one twice does no harm.
            return [.. Directory.EnumerateFiles(folder).Where(static file => Path.GetExtension(file) is ".pem" or ".crt" or ".cer" or ".0")];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TlsOptionsException($"{Folder}: the folder {folder} cannot be read ({exception.Message.TrimEnd('.')}).", exception);
        }
    }
}
