namespace MitmWeb.SyntheticTraffic;

/// <summary>A body as it is on the wire.</summary>
/// <param name="Bytes">Its bytes, encoded.</param>
/// <param name="Type">Its Content-Type, or null.</param>
/// <param name="Coding">Its Content-Encoding, or null.</param>
internal readonly record struct GeneratedBody(ReadOnlyMemory<byte> Bytes, string? Type, string? Coding);
