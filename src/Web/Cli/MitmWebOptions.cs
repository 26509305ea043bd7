using System.Net;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Storage;

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

    /// <summary>Whether flows are recorded from the start on; the dashboard can switch it.</summary>
    public bool Record { get; init; } = true;

    /// <summary>Whether bodies are indexed beside the session.</summary>
    public bool BodyIndex { get; init; } = true;

    /// <summary>How much of the session is kept; empty for what was set in the dashboard.</summary>
    public RetentionPolicy Retention { get; init; } = RetentionPolicy.None;

    /// <summary>What opens the dashboard, when the user chose it; null for a random token.</summary>
    public string? WebPassword { get; init; }

    /// <summary>The kind of key that a new CA gets.</summary>
    public KeyKind CaKeyType { get; init; }

    /// <summary>The key file of the CA to use, as an absolute path; null for the one in the confdir.</summary>
    public string? CaFile { get; init; }

    /// <summary>The file for TLS secrets, as an absolute path; null for none, or what the environment says.</summary>
    public string? TlsKeyLog { get; init; }

    /// <summary>How the engine treats traffic; where it listens is said above.</summary>
    public ProxyOptions Engine { get; init; } = new();

    /// <summary>Whether the regular expressions of <c>~</c> operators look at case.</summary>
    public bool CaseSensitiveFilters { get; init; }

    /// <summary>How much is printed.</summary>
    public Verbosity Verbosity { get; init; }

    public const int DefaultListenPort = 8080;

    public const int DefaultWebPort = 8081;

    public const string SessionFileName = "session.mitmweb";
}
