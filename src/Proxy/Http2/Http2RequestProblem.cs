namespace MitmWeb.Proxy.Http2;

/// <summary>Why a request cannot be served.</summary>
/// <param name="Status">What to answer; the stream may have been reset already.</param>
/// <param name="Reason">A sentence for people.</param>
internal sealed record Http2RequestProblem(int Status, string Reason);
