using MitmWeb.Proxy.Tls;

namespace MitmWeb.Web.Api;

/// <summary>What the server of a TLS connection answered in clear, taken apart.</summary>
/// <param name="Version">The version it chose.</param>
/// <param name="CipherSuite">The cipher suite it chose.</param>
/// <param name="IsRetryRequest">Whether it asked for another ClientHello and the handshake ended there.</param>
/// <param name="Random">The server's 32 random bytes, hexadecimal.</param>
/// <param name="SessionId">The session id, hexadecimal; may be empty.</param>
/// <param name="Extensions">The extensions in the order in which they were sent. TLS 1.3 sends most of them encrypted, and those are not here.</param>
/// <param name="Size">How many bytes the message has.</param>
/// <param name="Hex">The whole handshake message, hexadecimal.</param>
public sealed record ServerHelloDto(
    TlsValueDto Version,
    TlsValueDto CipherSuite,
    bool IsRetryRequest,
    string Random,
    string SessionId,
    IReadOnlyList<TlsExtensionDto> Extensions,
    int Size,
    string Hex)
{
    internal static ServerHelloDto? From(byte[]? message) => message is null || ServerHelloAnatomy.Read(message) is not { } hello
        ? null
        : new ServerHelloDto(
            TlsValueDto.From(hello.Version, TlsRegistry.Version),
            TlsValueDto.From(hello.CipherSuite, TlsRegistry.CipherSuite),
            hello.IsRetryRequest,
            Convert.ToHexString([.. hello.Random]),
            Convert.ToHexString([.. hello.SessionId]),
            [.. hello.Extensions.Select(extension => TlsExtensionDto.From(extension, TlsExtensionText.OfServer))],
            message.Length,
            Convert.ToHexString(message));
}
