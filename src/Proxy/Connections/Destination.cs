using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Proxy.Connections;

/// <summary>Where a request is to go.</summary>
/// <param name="IsTls">Whether the server is spoken to through TLS.</param>
/// <param name="Host">A name, or an address without brackets, as the client wrote it.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="ServerName">The name for SNI and for checking the certificate, where it differs from <paramref name="Host"/>.</param>
/// <param name="Identity">With which certificate MitmWeb identifies itself there; set by the pool, which keeps connections apart by it.</param>
internal readonly record struct Destination(bool IsTls, string Host, int Port, string? ServerName = null, ClientIdentity? Identity = null)
{
    private static readonly SearchValues<char> NotInHosts = SearchValues.Create(
        " \"<>\\^`{|}@/?#[]" + string.Concat(Enumerable.Range(0, 0xa0).Select(static code => (char)code).Where(char.IsControl)));

    public string Scheme => IsTls ? "https" : "http";

    /// <summary>The name that the server's certificate must hold.</summary>
    public string TlsName => ServerName ?? Host;

    /// <summary><c>host:port</c>, an IPv6 address in brackets.</summary>
    public string Authority => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>Reads <c>host</c> or <c>host:port</c> (RFC 3986, section 3.2, without user information).</summary>
    /// <param name="authority">The text.</param>
    /// <param name="defaultPort">The port where the text names none; 0 when it must name one.</param>
    /// <param name="host">The host without brackets.</param>
    /// <param name="port">The port.</param>
    /// <returns>False when the text is neither.</returns>
    public static bool TryParseAuthority(ReadOnlySpan<char> authority, int defaultPort, out string host, out int port)
    {
        host = "";
        port = defaultPort;
        ReadOnlySpan<char> portText;
        if (authority.StartsWith("["))
        {
            var end = authority.IndexOf(']');
            if (end < 0 || authority[..end].Contains('/') || !IPAddress.TryParse(authority[1..end], out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }

            host = authority[1..end].ToString();
            portText = authority[(end + 1)..];
            if (portText.Length > 0 && portText[0] != ':')
            {
                return false;
            }
        }
        else
        {
            var colon = authority.IndexOf(':');
            host = (colon < 0 ? authority : authority[..colon]).ToString();
            portText = colon < 0 ? [] : authority[colon..];
            if (host.Length == 0 || host.AsSpan().ContainsAny(NotInHosts))
            {
                return false;
            }
        }

        if (portText.Length > 1 && !(int.TryParse(portText[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535))
        {
            return false;
        }

        return port != 0;
    }
}
