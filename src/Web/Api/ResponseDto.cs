namespace MitmWeb.Web.Api;

/// <summary>A final response as it was on the wire.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Reason">The reason phrase, often empty.</param>
/// <param name="HttpVersion">The version as it was sent.</param>
/// <param name="Headers">Pairs of name and value in wire order, Latin-1 text.</param>
/// <param name="Trailers">The trailer lines; null when there were none.</param>
/// <param name="HeadSize">Bytes of the head.</param>
/// <param name="BodySize">Bytes of the body so far.</param>
/// <param name="HeadWireSize">Bytes that the head took on the server's connection: for HTTP/2 the frames with the compressed fields; null for an answer of MitmWeb's own.</param>
/// <param name="BodyWireSize">Bytes that the body took there with its framing (chunks and trailers, or frames); up to date when the flow has ended; null for an answer of MitmWeb's own and for a tunnel.</param>
public sealed record ResponseDto(
    int Status, string Reason, string HttpVersion, string[][] Headers, string[][]? Trailers, int HeadSize, long BodySize, long? HeadWireSize, long? BodyWireSize);
