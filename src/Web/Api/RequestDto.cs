namespace MitmWeb.Web.Api;

/// <summary>A request as it was on the wire.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The request target as it was sent.</param>
/// <param name="HttpVersion">The version as it was sent.</param>
/// <param name="Headers">Pairs of name and value in wire order, Latin-1 text.</param>
/// <param name="Trailers">The trailer lines; null when there were none.</param>
/// <param name="HeadSize">Bytes of the head.</param>
/// <param name="BodySize">Bytes of the body so far.</param>
/// <param name="HeadWireSize">Bytes that the head took on the client's connection: for HTTP/2 the frames with the compressed fields.</param>
/// <param name="BodyWireSize">Bytes that the body took there with its framing (chunks and trailers, or frames); up to date when the flow has ended.</param>
public sealed record RequestDto(
    string Method, string Target, string HttpVersion, string[][] Headers, string[][]? Trailers, int HeadSize, long BodySize, long? HeadWireSize, long? BodyWireSize);
