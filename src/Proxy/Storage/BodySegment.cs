namespace MitmWeb.Proxy.Storage;

/// <summary>A piece of a body on its way to the file.</summary>
/// <param name="Buffer">A pooled buffer.</param>
/// <param name="Length">How many of its bytes count.</param>
/// <param name="Start">Where the piece stands in the body.</param>
internal readonly record struct BodySegment(byte[] Buffer, int Length, long Start);
