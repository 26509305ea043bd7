namespace MitmWeb.Proxy.Content;

/// <summary>A part of a decoded body.</summary>
/// <param name="Bytes">The bytes from the position that was asked for; fewer than asked for only at the end.</param>
/// <param name="Length">Bytes of the whole outcome, when its end was seen.</param>
/// <param name="Damage">Why it ends there, when the body is damaged or cut off; null when it is whole.</param>
public sealed record DecodedPart(ReadOnlyMemory<byte> Bytes, long? Length, string? Damage);
