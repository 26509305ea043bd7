namespace MitmWeb.Proxy.Content;

/// <summary>Where a row begins.</summary>
/// <param name="At">Its first byte.</param>
/// <param name="Row">Its number, from 0.</param>
/// <param name="Line">The number of the line that it is of, from 1.</param>
/// <param name="Continued">Whether its line has begun in a row before.</param>
public sealed record BodyRowMark(long At, long Row, long Line, bool Continued);
