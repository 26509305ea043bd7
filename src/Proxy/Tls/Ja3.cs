using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MitmWeb.Proxy.Tls;

/// <summary>The fingerprint JA3 of a TLS client (https://github.com/salesforce/ja3): what it offers, in its order, without GREASE.</summary>
public static class Ja3
{
    /// <summary>The text that is hashed: version, cipher suites, extensions, groups and point formats, in decimal.</summary>
    public static string FullString(ClientHelloAnatomy hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{hello.LegacyVersion},{List(hello.CipherSuites)},{List(hello.Extensions.Select(extension => extension.Type))},{List(hello.Groups)},{string.Join('-', hello.PointFormats)}");
    }

    /// <summary>The fingerprint: 32 hexadecimal digits.</summary>
#pragma warning disable CA5351 // The fingerprint is defined with MD5; nothing is protected by it.
    public static string Of(ClientHelloAnatomy hello) => Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(FullString(hello))));
#pragma warning restore CA5351

    private static string List(IEnumerable<ushort> codes) => string.Join('-', codes.Where(code => !Grease.Is(code)));
}
