namespace MitmWeb.Proxy.Certificates;

/// <summary>The kind of key that a new certificate authority, and with it every leaf certificate, gets.</summary>
public enum KeyKind
{
    /// <summary>ECDSA on P-256 (FIPS 186-5): fast to sign with and small on the wire. Every TLS 1.2 and 1.3 client of the last decade takes it.</summary>
    Ecdsa,

    /// <summary>RSA with 2048 bits, for old clients that know nothing else.</summary>
    Rsa,
}
