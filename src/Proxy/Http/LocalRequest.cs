using System.Net;

namespace MitmWeb.Proxy.Http;

/// <summary>A request that MitmWeb answers itself.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query in origin-form.</param>
/// <param name="Host">The authority that the client asked for; empty when it named none.</param>
/// <param name="UserAgent">The User-Agent header, or an empty text.</param>
/// <param name="IsThroughProxy">Whether the client used the proxy (asked for a magic host), or opened the proxy's own address as if it
/// were a web server.</param>
/// <param name="IsTls">Whether it came over TLS.</param>
/// <param name="ClientAddress">Where it came from.</param>
public sealed record LocalRequest(
    string Method, string Path, string Host, string UserAgent, bool IsThroughProxy, bool IsTls, IPAddress ClientAddress);
