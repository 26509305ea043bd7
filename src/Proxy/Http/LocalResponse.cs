namespace MitmWeb.Proxy.Http;

/// <summary>What MitmWeb answers itself.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers; Content-Length and Date are added.</param>
/// <param name="Body">The content.</param>
public sealed record LocalResponse(int Status, IReadOnlyList<HeaderField> Headers, ReadOnlyMemory<byte> Body);
