using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <summary>What an HTTP/2 connection tells its owner. Called by the connection's reader, without any lock held.</summary>
internal interface IHttp2Handler
{
    /// <summary>A client has sent a request's head (server role only).</summary>
    /// <param name="stream">The stream that it came on.</param>
    /// <param name="request">The head; where there is a problem, what can be shown of it.</param>
    /// <param name="problem">Why it cannot be served, or null.</param>
    void OnRequest(Http2Stream stream, RequestHead request, Http2RequestProblem? problem);
}
