namespace MitmWeb.Proxy.Tls;

/// <summary>A part of a hello for people to read.</summary>
/// <param name="Code">The number as it was sent, hexadecimal (<c>0x1301</c>); empty for what is no number.</param>
/// <param name="Text">Its name, or what it says.</param>
/// <param name="IsGrease">Whether it is a random value that means nothing (RFC 8701).</param>
public sealed record TlsValue(string Code, string Text, bool IsGrease = false);
