namespace MitmWeb.Proxy.Http;

/// <summary>A response that is sent instead of the server's.</summary>
/// <param name="Head">The head; when there is a body, with its length.</param>
/// <param name="Body">The body; null when the server's own passes.</param>
internal readonly record struct EditedResponse(ResponseHead Head, ReadOnlyMemory<byte>? Body);
