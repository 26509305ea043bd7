namespace MitmWeb.Web.Api;

/// <summary>A final response as it was on the wire.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Reason">The reason phrase, often empty.</param>
/// <param name="HttpVersion">The version as it was sent.</param>
/// <param name="Headers">Pairs of name and value in wire order, Latin-1 text.</param>
/// <param name="Trailers">The trailer lines; null when there were none.</param>
/// <param name="HeadSize">Bytes of the head.</param>
/// <param name="BodySize">Bytes of the body so far.</param>
public sealed record ResponseDto(
    int Status, string Reason, string HttpVersion, string[][] Headers, string[][]? Trailers, int HeadSize, long BodySize);
