using System.Net;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Connections;

/// <summary>Says what a client offered and MitmWeb did not take: versions, or cipher suites; and which option helps.</summary>
internal static class HelloMismatch
{
    private const int NamesShown = 3;

    /// <summary>The sentence and the fix.</summary>
    /// <param name="client">The client.</param>
    /// <param name="host">The host that it asked for.</param>
    /// <param name="tls">Its hello, and the certificate that it would have got.</param>
    /// <param name="ours">What MitmWeb speaks with clients.</param>
    public static (string Message, string Fix) Describe(IPAddress client, string host, TlsDetails? tls, TlsSideOptions ours)
    {
        var pass = $" Its connections to {host} can also be passed through unread.";
        if (tls?.ClientHello is not { } message || ClientHelloAnatomy.Read(message) is not { } hello)
        {
            return (
                $"{client} and MitmWeb have no TLS version or cipher suite in common (for {host}).",
                "The client is probably very old: --tls-version-client-min TLS1 lets it in. (--tls-version-client-max and --ciphers-client, where set, may be too narrow for it.)" + pass);
        }

        // 1. Versions. Without the extension, the field is the newest one, and nothing says which is the oldest.
        var versions = hello.SupportedVersions.Where(version => !Grease.Is(version)).ToArray();
        var newest = Math.Min(versions.Length > 0 ? versions.Max() : hello.LegacyVersion, (ushort)0x0304);
        var min = ours.MinVersion == TlsVersion.Unbounded ? TlsVersion.Tls10 : ours.MinVersion;
        if (newest < Code(min))
        {
            return (
                $"{client} speaks {TlsRegistry.Version(newest)} at most (for {host}), and MitmWeb takes {TlsRegistry.Version(Code(min))} or newer.",
                newest < Code(TlsVersion.Tls10)
                    ? $"{TlsRegistry.Version(newest)} is gone from OpenSSL, so MitmWeb cannot speak it." + pass
                    : $"--tls-version-client-min {OptionOf(newest)} lets it in (it is off by default because versions before TLS 1.2 are not secure any more)." + pass);
        }

        if (ours.MaxVersion != TlsVersion.Unbounded && versions.Length > 0 && versions.Min() is var oldest && oldest > Code(ours.MaxVersion))
        {
            return (
                $"{client} speaks nothing older than {TlsRegistry.Version(oldest)} (for {host}), and MitmWeb speaks {TlsRegistry.Version(Code(ours.MaxVersion))} at most.",
                "MitmWeb was started with --tls-version-client-max: leave that option out." + pass);
        }

        // 2. Cipher suites.
        var suites = hello.CipherSuites.Where(suite => !Grease.Is(suite) && suite is not (0x00FF or 0x5600)).Select(suite => TlsRegistry.CipherSuite(suite)).ToArray();
        var names = string.Join(", ", suites.Take(NamesShown)) + (suites.Length > NamesShown ? ", …" : "");
        var said = $"{client} offers {(suites.Length == 1 ? "one cipher suite" : $"{suites.Length} cipher suites")} for {host} ({names}), and MitmWeb takes none of them";
        if (ours.Ciphers is { } list)
        {
            return (said + ".", $"MitmWeb was started with --ciphers-client {list}: add one of the client's, or leave the option out." + pass);
        }

        return IsEcdsa(tls) && !Array.Exists(suites, FitsEcdsa)
            ? (said + ": they need an RSA certificate.", "Start MitmWeb with --ca-key-type rsa and a new CA (mitmweb ca rotate --ca-key-type rsa)." + pass)
            : (said + ".", "--ciphers-client ALL@SECLEVEL=0 lets old cipher suites in, as far as OpenSSL still has them." + pass);
    }

    /// <summary>The suites of TLS 1.3 do not say what kind of certificate they go with.</summary>
    private static bool FitsEcdsa(string suite) => suite.Contains("_ECDSA_", StringComparison.Ordinal) || !suite.Contains("_WITH_", StringComparison.Ordinal);

    private static bool IsEcdsa(TlsDetails tls)
    {
        if (tls.Certificates is not [var own, ..])
        {
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(own);
        using var key = certificate.GetECDsaPublicKey();
        return key is not null;
    }

    private static int Code(TlsVersion version) => 0x0300 + (int)version;

    private static string OptionOf(int code) => code switch { 0x0301 => "TLS1", 0x0302 => "TLS1_1", 0x0303 => "TLS1_2", _ => "TLS1_3" };
}
