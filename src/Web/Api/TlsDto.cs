namespace MitmWeb.Web.Api;

/// <summary>What one side of a TLS connection agreed on.</summary>
/// <param name="Version">The protocol version: <c>TLS 1.3</c>; empty when the handshake failed.</param>
/// <param name="CipherSuite">The IANA name of the cipher suite.</param>
/// <param name="Alpn">The application protocol chosen; null when none was.</param>
/// <param name="AlpnOffered">The application protocols offered.</param>
/// <param name="Sni">The server name asked for; null when none was.</param>
/// <param name="CertificateError">Why the certificate would not be trusted; null when it was trusted or nobody asked.</param>
/// <param name="Certificates">The server's certificates, its own first.</param>
public sealed record TlsDto(
    string Version,
    string CipherSuite,
    string? Alpn,
    IReadOnlyList<string> AlpnOffered,
    string? Sni,
    string? CertificateError,
    IReadOnlyList<CertificateDto> Certificates);
