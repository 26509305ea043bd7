using System.Net;

namespace MitmWeb.Web.Setup;

/// <summary>What the set-up site needs to know of a request. All text comes from the client and is trusted with nothing.</summary>
internal sealed record SetupRequest
{
    /// <summary>How the request came.</summary>
    public required SetupVia Via { get; init; }

    /// <summary>The path within the site, decoded: <c>/</c>, <c>/cert/pem</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The method; anything but GET and HEAD is refused.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The query as it was sent, with or without its question mark.</summary>
    public string Query { get; init; } = "";

    /// <summary>The authority that the client asked for: <c>mitm.it</c>, <c>192.168.1.5:8080</c>.</summary>
    public string Host { get; init; } = "";

    /// <summary>Whether the page came over TLS, so that it being read means something.</summary>
    public bool IsHttps { get; init; }

    /// <summary>Where the site begins on its host: empty, or <c>/setup</c> on the dashboard.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The proxy's addresses as <c>ip:port</c>, as clients can reach them.</summary>
    public IReadOnlyList<string> ProxyAddresses { get; init; } = [];

    /// <summary>The proxy's port, for when no address is known.</summary>
    public int ProxyPort { get; init; } = 8080;

    /// <summary>The host that answers with this site to everyone who uses the proxy.</summary>
    public string MagicHost { get; init; } = "mitm.it";

    /// <summary>Where the request came from, when known: a client on this machine is shown the loopback address.</summary>
    public IPAddress? ClientAddress { get; init; }

    /// <summary>The <c>User-Agent</c>, from which the platform is guessed.</summary>
    public string UserAgent { get; init; } = "";
}
