namespace MitmWeb.Proxy.Flows;

/// <summary>What one side of a TLS connection agreed on.</summary>
public sealed record TlsDetails
{
    /// <summary>The protocol version in the field's words: <c>TLS 1.3</c>; empty when the handshake failed.</summary>
    public string Version { get; init; } = "";

    /// <summary>The IANA name of the cipher suite: <c>TLS_AES_128_GCM_SHA256</c>.</summary>
    public string CipherSuite { get; init; } = "";

    /// <summary>The application protocol chosen (RFC 7301): <c>h2</c>, <c>http/1.1</c>, or null when none was.</summary>
    public string? Alpn { get; init; }

    /// <summary>The application protocols that the client of this connection offered.</summary>
    public IReadOnlyList<string> AlpnOffered { get; init; } = [];

    /// <summary>The server name that the client of this connection asked for (RFC 6066, section 3), or null.</summary>
    public string? Sni { get; init; }

    /// <summary>The certificates that the server of this connection sent (DER), its own first.</summary>
    public IReadOnlyList<byte[]> Certificates { get; init; } = [];

    /// <summary>The certificate (DER) with which the client of this connection identified itself; null when it did not.</summary>
    public byte[]? ClientCertificate { get; init; }

    /// <summary>Why the certificate would not be trusted; null when it was trusted or nobody asked.</summary>
    public string? CertificateError { get; init; }
}
