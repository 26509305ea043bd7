namespace MitmWeb.Web.Setup;

/// <summary>An answer of the set-up site. The headers hold neither <c>Content-Type</c> nor <c>Content-Length</c>.</summary>
/// <param name="Status">The status code.</param>
/// <param name="ContentType">The value of <c>Content-Type</c>.</param>
/// <param name="Headers">The other headers.</param>
/// <param name="Body">The body; a HEAD request gets its length but not the bytes.</param>
internal sealed record SetupResponse(int Status, string ContentType, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body);
