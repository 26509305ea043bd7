using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MitmWeb.Proxy.Tls;

/// <summary>
/// What .NET has no setting for: OpenSSL's security level (which forbids TLS 1.0 and 1.1) and the groups for key exchange. OpenSSL takes both
/// from its configuration file, once, when it is first used in a process, for all of its connections.
/// </summary>
public static partial class OpenSslConfiguration
{
    private const string Variable = "OPENSSL_CONF";

    /// <summary>
    /// Gives OpenSSL the configuration that the options need, if they need one. Must be called before anything of OpenSSL is used. A
    /// configuration that the user has chosen (the environment variable <c>OPENSSL_CONF</c>) stays.
    /// </summary>
    /// <exception cref="TlsOptionsException">The options want something that this system cannot do.</exception>
    public static void Apply(TlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var curve = Curve(options);
        if (!options.Client.IsLegacy && !options.Server.IsLegacy && curve is null && !SetsLevel(options.Client) && !SetsLevel(options.Server))
        {
            return;
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new TlsOptionsException("Versions before TLS 1.2 and curves can be chosen on Linux only: leave the options out, or set them for the whole system.");
        }

        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
        {
            return;
        }

        var folder = Directory.CreateTempSubdirectory("mitmweb-");
        try
        {
            var file = Path.Combine(folder.FullName, "openssl.cnf");
            File.WriteAllText(file, Text(options, curve));

            // .NET's own environment is a copy that native code does not see.
            if (SetEnvironment(Variable, file, 1) != 0)
            {
                throw new TlsOptionsException("The configuration for old TLS versions and curves could not be handed to OpenSSL.");
            }

            // The first use reads the file.
            _ = RandomNumberGenerator.GetBytes(1);
            using (ECDsa.Create(ECCurve.NamedCurves.nistP256))
            {
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The configuration's text.</summary>
    internal static string Text(TlsOptions options, string? curve)
    {
        var legacy = options.Client.IsLegacy || options.Server.IsLegacy;
        var lines = new List<string> { "openssl_conf = mitmweb", "[mitmweb]", "ssl_conf = mitmweb_ssl", "[mitmweb_ssl]", "system_default = mitmweb_default", "[mitmweb_default]" };
        if (legacy)
        {
            lines.Add("MinProtocol = TLSv1");
        }

        if (legacy || SetsLevel(options.Client) || SetsLevel(options.Server))
        {
            // MD5 with SHA-1, which TLS 1.0 and 1.1 sign with, is below level 1.
            lines.Add("CipherString = DEFAULT@SECLEVEL=0");
        }

        if (options.Server.IsLegacy)
        {
            // Servers of that age often lack secure renegotiation (RFC 5746).
            lines.Add("Options = UnsafeLegacyServerConnect");
        }

        if (curve is not null)
        {
            lines.Add($"Groups = {curve}");
        }

        return string.Join('\n', lines) + "\n";
    }

    private static bool SetsLevel(TlsSideOptions side) => side.Ciphers?.Contains("@SECLEVEL=0", StringComparison.OrdinalIgnoreCase) == true;

    private static string? Curve(TlsOptions options)
    {
        var (client, server) = (options.Client.EcdhCurve, options.Server.EcdhCurve);
        if (client != server)
        {
            throw new TlsOptionsException(
                "--tls-ecdh-curve-client and --tls-ecdh-curve-server need the same value: OpenSSL has one choice of curves for both sides here.");
        }

        return client is null || client.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ':')
            ? client
            : throw new TlsOptionsException($"--tls-ecdh-curve-client: '{client}' is no name of a curve: prime256v1, secp384r1, X25519 are.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
