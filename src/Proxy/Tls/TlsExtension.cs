namespace MitmWeb.Proxy.Tls;

/// <summary>An extension of a hello as it was sent (RFC 8446, section 4.2).</summary>
/// <param name="Type">Its number at IANA.</param>
/// <param name="Data">What it holds.</param>
public sealed record TlsExtension(ushort Type, ReadOnlyMemory<byte> Data);
