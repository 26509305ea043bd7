using MitmWeb.Proxy.Flows;

namespace MitmWeb.Web.Api;

/// <summary>What one side of a TLS connection agreed on, and how.</summary>
/// <param name="Version">The protocol version: <c>TLS 1.3</c>; empty when the handshake failed.</param>
/// <param name="CipherSuite">The IANA name of the cipher suite; empty when the handshake failed.</param>
/// <param name="KeyExchangeGroup">The group of the key exchange: <c>X25519MLKEM768</c>; null when there was none or it is not known.</param>
/// <param name="Resumed">Whether an earlier session was taken up again; null when that is not known.</param>
/// <param name="HelloRetried">Whether the server asked for a second ClientHello, which costs a round trip.</param>
/// <param name="HandshakeMs">How long the handshake took, in milliseconds; null when that is not known.</param>
/// <param name="Alpn">The application protocol chosen; null when none was.</param>
/// <param name="AlpnOffered">The application protocols offered.</param>
/// <param name="Sni">The server name asked for; null when none was.</param>
/// <param name="ClientAlert">The alert that the client of this connection sent in clear during the handshake: <c>unknown_ca (48)</c>; or null.</param>
/// <param name="ServerAlert">The alert that the server of this connection sent in clear during the handshake; or null.</param>
/// <param name="CertificateError">Why the certificate would not be trusted; null when it was trusted or nobody asked.</param>
/// <param name="Verification">What checking the server's certificate came to; null where MitmWeb did not check.</param>
/// <param name="Ocsp">Whether a proof was stapled that the certificate is not revoked.</param>
/// <param name="Certificates">The server's certificates, its own first.</param>
/// <param name="ClientCertificate">The certificate with which the client of this connection identified itself: the client's own (<c>--request-client-cert</c>), or
/// towards a server that of MitmWeb (<c>--client-certs</c>); null when it did not.</param>
/// <param name="ClientHello">What the client said first; null when that is not known.</param>
/// <param name="ServerHello">What the server answered; null when it did not.</param>
public sealed record TlsDto(
    string Version,
    string CipherSuite,
    string? KeyExchangeGroup,
    bool? Resumed,
    bool HelloRetried,
    double? HandshakeMs,
    string? Alpn,
    IReadOnlyList<string> AlpnOffered,
    string? Sni,
    string? ClientAlert,
    string? ServerAlert,
    string? CertificateError,
    VerificationDto? Verification,
    OcspDto Ocsp,
    IReadOnlyList<CertificateDto> Certificates,
    CertificateDto? ClientCertificate,
    ClientHelloDto? ClientHello,
    ServerHelloDto? ServerHello)
{
    /// <summary>Describes a connection's TLS.</summary>
    internal static TlsDto? From(TlsDetails? tls, long? microseconds) => tls is null
        ? null
        : new TlsDto(
            tls.Version,
            tls.CipherSuite,
            tls.KeyExchangeGroup,
            tls.Resumed,
            tls.HelloRetried,
            microseconds / 1000.0,
            tls.Alpn,
            tls.AlpnOffered,
            tls.Sni,
            tls.ClientAlert,
            tls.ServerAlert,
            tls.CertificateError,
            VerificationDto.From(tls),
            OcspDto.From(tls),
            [.. tls.Certificates.Select(CertificateDto.From)],
            tls.ClientCertificate is { } shown ? CertificateDto.From(shown) : null,
            ClientHelloDto.From(tls.ClientHello),
            ServerHelloDto.From(tls.ServerHello));
}
