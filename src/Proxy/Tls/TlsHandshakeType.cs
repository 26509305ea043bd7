namespace MitmWeb.Proxy.Tls;

/// <summary>The numbers of the handshake messages that are read here (RFC 8446, section 4; RFC 5246, section 7.4; RFC 6066, section 8).</summary>
internal static class TlsHandshakeType
{
    public const byte ClientHello = 1;
    public const byte ServerHello = 2;
    public const byte NewSessionTicket = 4;
    public const byte Certificate = 11;
    public const byte ServerKeyExchange = 12;
    public const byte CertificateRequest = 13;
    public const byte CertificateStatus = 22;
}
