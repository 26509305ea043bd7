using MitmWeb.Proxy.Tls;

namespace MitmWeb.Web.Api;

/// <summary>What the client of a TLS connection said first, taken apart.</summary>
/// <param name="Ja3">The fingerprint JA3.</param>
/// <param name="Ja3Full">The text that JA3 is the MD5 of.</param>
/// <param name="Ja4">The fingerprint JA4.</param>
/// <param name="Ja4Raw">The fingerprint JA4 with the lists instead of their hashes (JA4_r).</param>
/// <param name="LegacyVersion">The version in the message itself, which stays TLS 1.2 also for TLS 1.3.</param>
/// <param name="Random">The client's 32 random bytes, hexadecimal.</param>
/// <param name="SessionId">The session id, hexadecimal; may be empty.</param>
/// <param name="CipherSuites">The cipher suites in the client's order.</param>
/// <param name="CompressionMethods">The compression methods; in practice only none.</param>
/// <param name="Extensions">The extensions in the order in which they were sent.</param>
/// <param name="Size">How many bytes the message has.</param>
/// <param name="Hex">The whole handshake message, hexadecimal.</param>
public sealed record ClientHelloDto(
    string Ja3,
    string Ja3Full,
    string Ja4,
    string Ja4Raw,
    TlsValueDto LegacyVersion,
    string Random,
    string SessionId,
    IReadOnlyList<TlsValueDto> CipherSuites,
    IReadOnlyList<TlsValueDto> CompressionMethods,
    IReadOnlyList<TlsExtensionDto> Extensions,
    int Size,
    string Hex)
{
    internal static ClientHelloDto? From(byte[]? message) => message is null || ClientHelloAnatomy.Read(message) is not { } hello
        ? null
        : new ClientHelloDto(
            MitmWeb.Proxy.Tls.Ja3.Of(hello),
            MitmWeb.Proxy.Tls.Ja3.FullString(hello),
            MitmWeb.Proxy.Tls.Ja4.Of(hello),
            MitmWeb.Proxy.Tls.Ja4.Raw(hello),
            TlsValueDto.From(hello.LegacyVersion, TlsRegistry.Version),
            Convert.ToHexString([.. hello.Random]),
            Convert.ToHexString([.. hello.SessionId]),
            [.. hello.CipherSuites.Select(code => TlsValueDto.From(code, TlsRegistry.CipherSuite))],
            [.. hello.CompressionMethods.Select(code => TlsValueDto.From(TlsExtensionText.Byte(code, TlsRegistry.CompressionMethod)))],
            [.. hello.Extensions.Select(extension => TlsExtensionDto.From(extension, TlsExtensionText.OfClient))],
            message.Length,
            Convert.ToHexString(message));
}
