using System.Globalization;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.SslStrip;

/// <summary>Hosts whose https is kept from clients in the SSL-strip test.</summary>
public sealed record SslStripTarget
{
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    private readonly HostPattern _host;
    private readonly int _port;

    private SslStripTarget(HostPattern host, int port) => (_host, _port) = (host, port);

    /// <summary>Reads <c>example.com</c>, <c>*.example.com</c> or <c>example.com:8443</c>, where the port is that of https.</summary>
    /// <returns>Null when the text is none of these.</returns>
    public static SslStripTarget? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith("*:", StringComparison.Ordinal) || text == "*")
        {
            // What weakens TLS names the hosts that it is done to.
            return null;
        }

        if (HostPattern.Parse(text) is { } host)
        {
            return new SslStripTarget(host, HttpsPort);
        }

        var colon = text.LastIndexOf(':');
        return colon > 0
            && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 and not HttpPort
            && HostPattern.Parse(text[..colon]) is { } named
            ? new SslStripTarget(named, port)
            : null;
    }

    /// <summary>Whether an address with https is meant.</summary>
    public bool MatchesHttps(string host, int port) => port == _port && _host.Matches(host);

    /// <summary>Whether an address with http stands for one with https that is meant: port 80 for 443, other ports for themselves.</summary>
    public bool MatchesHttp(string host, int port) => MatchesHttps(host, HttpsPortOf(port));

    /// <summary>The port of https that a port of http stands for.</summary>
    internal static int HttpsPortOf(int port) => port == HttpPort ? HttpsPort : port;

    /// <inheritdoc />
    public override string ToString() => _port == HttpsPort ? _host.ToString() : string.Create(CultureInfo.InvariantCulture, $"{_host}:{_port}");
}
