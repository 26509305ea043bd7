using System.Net;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.SslStrip;

namespace MitmWeb.Web.Cli;

/// <summary>What the command line asked for, checked and complete. Made once at start and never changed.</summary>
public sealed record MitmWebOptions
{
    /// <summary>The interface that the proxy listens on; null for all of them, IPv4 and IPv6.</summary>
    public IPAddress? ListenHost { get; init; }

    /// <summary>The proxy's port, 0 to 65535; 0 takes any free one.</summary>
    public int ListenPort { get; init; } = DefaultListenPort;

    /// <summary>The interface that the dashboard listens on; null for all of them.</summary>
    public IPAddress? WebHost { get; init; } = IPAddress.Loopback;

    /// <summary>The dashboard's port, 0 to 65535; 0 takes any free one.</summary>
    public int WebPort { get; init; } = DefaultWebPort;

    /// <summary>The folder of the CA and of the default session, as an absolute path.</summary>
    public required string ConfDir { get; init; }

    /// <summary>The session file, as an absolute path.</summary>
    public required string Session { get; init; }

    /// <summary>Whether the certificates of servers are taken unchecked.</summary>
    public bool SslInsecure { get; init; }

    /// <summary>What opens the dashboard, when the user chose it; null for a random token.</summary>
    public string? WebPassword { get; init; }

    /// <summary>The kind of key that a new CA gets.</summary>
    public KeyKind CaKeyType { get; init; }

    /// <summary>The key file of the CA to use, as an absolute path; null for the one in the confdir.</summary>
    public string? CaFile { get; init; }

    /// <summary>Certificates, and how TLS is spoken.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>The file for TLS secrets, as an absolute path; null for none, or what the environment says.</summary>
    public string? TlsKeyLog { get; init; }

    /// <summary>How long connecting to a server may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a server may take to begin its response; null for no limit.</summary>
    public TimeSpan? FirstByteTimeout { get; init; }

    /// <summary>How long a server may pause within a response; null for no limit.</summary>
    public TimeSpan? BodyIdleTimeout { get; init; }

    /// <summary>How long a client's connection may stay without a request.</summary>
    public TimeSpan ClientIdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a client may take to send a request's head.</summary>
    public TimeSpan ClientHeadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long unused connections to servers are kept.</summary>
    public TimeSpan UpstreamIdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many unused connections to servers are kept.</summary>
    public int UpstreamMaxIdle { get; init; } = 1024;

    /// <summary>How many exchanges may run over HTTP/1.1 with one server at a time; null for any number.</summary>
    public int? UpstreamMaxPerServer { get; init; }

    /// <summary>The longest body that passes, in bytes; null for no limit.</summary>
    public long? BodySizeLimit { get; init; }

    /// <summary>Whether each client connection has server connections of its own.</summary>
    public bool UpstreamPerClient { get; init; }

    /// <summary>Whether ambiguous messages are refused.</summary>
    public bool ValidateInboundHeaders { get; init; } = true;

    /// <summary>Hosts whose https is kept from clients that come over http, as a test; empty for none.</summary>
    public IReadOnlyList<SslStripTarget> SslStrip { get; init; } = [];

    /// <summary>Regular expressions of hosts that are passed on unread.</summary>
    public IReadOnlyList<string> IgnoreHosts { get; init; } = [];

    /// <summary>Regular expressions: when there are any, only these hosts are intercepted.</summary>
    public IReadOnlyList<string> AllowHosts { get; init; } = [];

    /// <summary>Whether connections that are passed through are listed.</summary>
    public bool ShowIgnoredHosts { get; init; } = true;

    /// <summary>After how many rejected handshakes of a client for a host it is passed through; null for never.</summary>
    public int? PassThroughAfter { get; init; }

    /// <summary>The versions of HTTP that clients may speak.</summary>
    public HttpVersions ClientProtocols { get; init; }

    /// <summary>The versions of HTTP that servers are spoken to in.</summary>
    public HttpVersions UpstreamProtocols { get; init; }

    /// <summary>How much is printed.</summary>
    public Verbosity Verbosity { get; init; }

    public const int DefaultListenPort = 8080;

    public const int DefaultWebPort = 8081;

    public const string SessionFileName = "session.mitmweb";
}
