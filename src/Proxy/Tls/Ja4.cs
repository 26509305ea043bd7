using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MitmWeb.Proxy.Tls;

/// <summary>
/// The fingerprint JA4 of a TLS client over TCP (https://github.com/FoxIO-LLC/ja4, technical_details/JA4.md): like JA3 without GREASE, but
/// readable in its first part, and independent of the order in which browsers shuffle their extensions.
/// </summary>
public static class Ja4
{
    private const string Nothing = "000000000000";

    /// <summary>The fingerprint: <c>t13d1516h2_8daaf6152771_e5627efa2ab1</c>.</summary>
    public static string Of(ClientHelloAnatomy hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        return $"{Readable(hello)}_{Hash(Suites(hello))}_{Hash(ExtensionsAndSignatures(hello))}";
    }

    /// <summary>The fingerprint with the lists instead of their hashes (JA4_r).</summary>
    public static string Raw(ClientHelloAnatomy hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        return $"{Readable(hello)}_{Suites(hello)}_{ExtensionsAndSignatures(hello)}";
    }

    private static string Readable(ClientHelloAnatomy hello) => string.Create(
        CultureInfo.InvariantCulture,
        $"t{Version(hello)}{(hello.Find(TlsExtensionType.ServerName) is null ? 'i' : 'd')}{Count(hello.CipherSuites)}{Count(hello.Extensions.Select(extension => extension.Type))}{Protocol(hello)}");

    private static string Version(ClientHelloAnatomy hello)
    {
        var offered = hello.SupportedVersions.Where(version => !Grease.Is(version)).ToArray();
        return (offered.Length == 0 ? hello.LegacyVersion : offered.Max()) switch
        {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            0x0002 => "s2",
            _ => "00",
        };
    }

    private static string Count(IEnumerable<ushort> codes) =>
        Math.Min(99, codes.Count(code => !Grease.Is(code))).ToString("00", CultureInfo.InvariantCulture);

    /// <summary>The first and the last character of the first application protocol; of its hexadecimal form when one is no letter or digit.</summary>
    private static string Protocol(ClientHelloAnatomy hello)
    {
        if (hello.Alpn is not [{ Length: > 0 } first, ..])
        {
            return "00";
        }

        if (char.IsAsciiLetterOrDigit((char)first[0]) && char.IsAsciiLetterOrDigit((char)first[^1]))
        {
            return $"{(char)first[0]}{(char)first[^1]}";
        }

        var hex = Convert.ToHexStringLower(first);
        return $"{hex[0]}{hex[^1]}";
    }

    private static string Suites(ClientHelloAnatomy hello) => List(hello.CipherSuites.Order());

    private static string ExtensionsAndSignatures(ClientHelloAnatomy hello)
    {
        var extensions = List(hello.Extensions
            .Select(extension => extension.Type)
            .Where(type => type is not (TlsExtensionType.ServerName or TlsExtensionType.Alpn))
            .Order());
        var signatures = List(hello.SignatureAlgorithms);
        return signatures.Length == 0 ? extensions : $"{extensions}_{signatures}";
    }

    private static string List(IEnumerable<ushort> codes) =>
        string.Join(',', codes.Where(code => !Grease.Is(code)).Select(code => code.ToString("x4", CultureInfo.InvariantCulture)));

    private static string Hash(string list) =>
        list.Length == 0 ? Nothing : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(list)).AsSpan(0, 6));
}
