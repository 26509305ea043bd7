using MitmWeb.Proxy.Content;

namespace MitmWeb.Web.Api;

/// <summary>Where the rows of a body begin.</summary>
/// <param name="Length">Bytes of the body.</param>
/// <param name="Rows">A row ends with a line feed, or after <paramref name="MaxRow"/> bytes (before the character of UTF-8 that would not fit in whole).</param>
/// <param name="Lines">How many lines there are.</param>
/// <param name="MaxRow">The most bytes of a row.</param>
/// <param name="Damaged">Whether the body ends there because its encoded data is damaged or cut off.</param>
/// <param name="Marks">The first row, and some of the others.</param>
public sealed record BodyRowsDto(long Length, long Rows, long Lines, int MaxRow, bool Damaged, IReadOnlyList<BodyRowMark> Marks);
