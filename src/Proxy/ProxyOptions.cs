using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MitmWeb.Proxy.SslStrip;

namespace MitmWeb.Proxy;

/// <summary>How the engine is to work. Immutable: a change is a new value.</summary>
public sealed record ProxyOptions
{
    /// <summary>The address to listen on; empty for all interfaces, IPv4 and IPv6.</summary>
    public string ListenHost { get; init; } = "";

    /// <summary>The port to listen on; 0 lets the system choose.</summary>
    public int ListenPort { get; init; } = 8080;

    /// <summary>Whether servers' certificates are accepted unchecked.</summary>
    public bool SslInsecure { get; init; }

    /// <summary>Certificates, and how TLS is spoken on both sides.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>Whether clients with public addresses are turned away, so that a proxy on a reachable machine is not an open one.</summary>
    public bool BlockGlobal { get; init; } = true;

    /// <summary>How long name look-up, TCP and TLS with a server may take together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client's TLS handshake may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client's connection may stay without a request, before its first one and between two; null for as long as the
    /// client wants. Browsers keep unused connections for five minutes: it is better that they close them.</summary>
    public TimeSpan? ClientIdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a client may take from the first byte of a request's head (or of a TLS handshake) to its last; null for as long as
    /// it wants.</summary>
    public TimeSpan? ClientHeadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may be silent in a new tunnel before MitmWeb looks whether the server speaks first, as servers of mail,
    /// files and databases do; null for never.</summary>
    public TimeSpan? ServerFirstDelay { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How long an unused connection to a server is kept.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many unused connections to all servers together are kept; the oldest go first.</summary>
    public int MaxIdleConnections { get; init; } = 1024;

    /// <summary>How many unused HTTP/1.1 connections to one server are kept; the oldest go first.</summary>
    public int MaxIdlePerServer { get; init; } = 128;

    /// <summary>How many exchanges may run over HTTP/1.1 with one server at a time, further ones waiting for their turn; null for any number.</summary>
    public int? MaxExchangesPerServer { get; init; }

    /// <summary>Whether each client connection has server connections (HTTP/1.1) of its own, instead of sharing them with all clients.</summary>
    public bool UpstreamPerClient { get; init; }

    /// <summary>How long a server may take to begin its response, once it has the request; null for as long as the client waits.</summary>
    public TimeSpan? FirstByteTimeout { get; init; }

    /// <summary>How long a server may pause in the middle of a response's body; null for as long as the client waits.</summary>
    public TimeSpan? BodyIdleTimeout { get; init; }

    /// <summary>The longest body, in bytes, of requests and of responses; null for no limit.</summary>
    public long? BodySizeLimit { get; init; }

    /// <summary>Whether messages that two readers could understand in two ways (request smuggling, RFC 9112, section 11.2) are refused.
    /// Off, they pass as they are: for security tests.</summary>
    public bool ValidateInboundHeaders { get; init; } = true;

    /// <summary>Regular expressions: connections whose <c>host:port</c> (the destination, the server name in the ClientHello, or an address
    /// of the destination) contains a match of one are passed on unread.</summary>
    public IReadOnlyList<string> IgnoreHosts { get; init; } = [];

    /// <summary>Regular expressions: when there are any, only connections with a match of one are intercepted.</summary>
    public IReadOnlyList<string> AllowHosts { get; init; } = [];

    /// <summary>Whether connections that are passed through by <see cref="IgnoreHosts"/>, <see cref="AllowHosts"/> or the list of hosts are
    /// recorded as flows: who, where, when and how many bytes, never the bytes.</summary>
    public bool ShowIgnoredHosts { get; init; } = true;

    /// <summary>After how many rejected handshakes of one client for one host its connections there are passed through; null for never.</summary>
    public int? PassThroughAfter { get; init; }

    /// <summary>The versions of HTTP that clients may speak.</summary>
    public HttpVersions ClientProtocols { get; init; }

    /// <summary>The versions of HTTP that servers are spoken to in.</summary>
    public HttpVersions UpstreamProtocols { get; init; }

    /// <summary>The longest message head, in bytes.</summary>
    public int MaxHeadSize { get; init; } = 256 * 1024;

    /// <summary>Names under which the set-up page answers through the proxy.</summary>
    public IReadOnlyList<string> MagicHosts { get; init; } = ["mitm.it", "mitmweb.internal"];

    /// <summary>Hosts whose https is kept from clients that come over http, as a test (SSL stripping); empty for none.</summary>
    public IReadOnlyList<SslStripTarget> SslStrip { get; init; } = [];

    /// <summary>Local ports that belong to MitmWeb itself (its listeners, the dashboard): requests are not forwarded there.</summary>
    public IReadOnlyList<int> OwnPorts { get; init; } = [];

    internal bool IsOwnEndPoint(IPAddress address, int port) => OwnPorts.Contains(port) && IsOwnAddress(address);

    private static bool IsOwnAddress(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return IPAddress.IsLoopback(address)
            || address.Equals(IPAddress.Any)
            || address.Equals(IPAddress.IPv6Any)
            || NetworkInterface.GetAllNetworkInterfaces()
                .Where(one => one.OperationalStatus == OperationalStatus.Up)
                .SelectMany(one => one.GetIPProperties().UnicastAddresses)
                .Any(one => one.Address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && one.Address.Equals(address));
    }
}
