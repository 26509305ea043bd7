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

    /// <summary>What checking the certificate came to, step by step; null when nobody checked.</summary>
    public CertificateVerification? Verification { get; init; }

    /// <summary>The group of the key exchange: <c>X25519MLKEM768</c>, <c>secp256r1</c>, <c>DH 2048 bits</c>. Null when there was none
    /// (the key came with RSA, or from an earlier session) or when the handshake did not come that far.</summary>
    public string? KeyExchangeGroup { get; init; }

    /// <summary>Whether an earlier session was taken up again; null when the handshake did not come that far.</summary>
    public bool? Resumed { get; init; }

    /// <summary>Whether the server asked for a second ClientHello (RFC 8446, section 4.1.4), which costs a round trip.</summary>
    public bool HelloRetried { get; init; }

    /// <summary>The client's (first) hello as it was sent: the handshake message. Null when it was too long to keep.</summary>
    public byte[]? ClientHello { get; init; }

    /// <summary>The server's hello as it was sent: the handshake message; null when there was none.</summary>
    public byte[]? ServerHello { get; init; }

    /// <summary>The OCSP response stapled to the handshake (DER). TLS 1.3 encrypts it, so there it is not known.</summary>
    public byte[]? OcspStaple { get; init; }

    /// <summary>The alert that the client of this connection sent in clear during the handshake: <c>unknown_ca (48)</c>; or null.</summary>
    public string? ClientAlert { get; init; }

    /// <summary>The alert that the server of this connection sent in clear during the handshake; or null.</summary>
    public string? ServerAlert { get; init; }
}
