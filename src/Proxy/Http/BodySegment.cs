namespace MitmWeb.Proxy.Http;

/// <summary>
/// A piece of a body on its way. <see cref="Wire"/> is what an HTTP/1.1 connection carries (chunk sizes and extensions included), so that
/// it can be passed on byte for byte; <see cref="Data"/> is the content within it. Valid until the next piece is read.
/// </summary>
/// <param name="Wire">The bytes with their framing; the same as <paramref name="Data"/> where there is none.</param>
/// <param name="Data">The content; may be empty.</param>
/// <param name="IsLast">Whether the body has ended with this piece.</param>
internal readonly record struct BodySegment(ReadOnlyMemory<byte> Wire, ReadOnlyMemory<byte> Data, bool IsLast);
