using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace MitmWeb.Web.Setup;

/// <summary>An address of the proxy, to be typed into settings.</summary>
/// <param name="Host">A name or an address, without brackets.</param>
/// <param name="Port">The port.</param>
internal sealed partial record ProxyAddress(string Host, int Port)
{
    /// <summary>As it stands in a URL: <c>192.168.1.5:8080</c>, <c>[::1]:8080</c>.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Reads <c>host:port</c>; null for anything that is not plainly that, since it may come from a client and goes into commands.</summary>
    public static ProxyAddress? Parse(string text)
    {
        var match = Form().Match(text);
        return match.Success && int.TryParse(match.Groups["port"].ValueSpan, out var port) && port is > 0 and <= 65535
            ? new ProxyAddress(match.Groups["name"].Success ? match.Groups["name"].Value : match.Groups["v6"].Value, port)
            : null;
    }

    /// <summary>The address that the one who asks should use.</summary>
    public static ProxyAddress ForClient(SetupRequest request)
    {
        var known = Known(request);

        // They reached the proxy under this very address.
        if (request.Via == SetupVia.ProxyDirect && Parse(request.Host) is { } asked)
        {
            return asked;
        }

        var host = request.Via == SetupVia.Dashboard ? HostOnly(request.Host) : "";
        var local = host is "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address))
            || (request.ClientAddress is { } client && IPAddress.IsLoopback(client));
        return (local ? known.FirstOrDefault(a => a.IsLoopback) : known.FirstOrDefault(a => a.Host == host))
            ?? ForOthers(request)
            ?? known.FirstOrDefault()
            ?? new ProxyAddress("127.0.0.1", request.ProxyPort);
    }

    /// <summary>The address that other devices of the network can reach, or null when the proxy listens on this machine only.</summary>
    public static ProxyAddress? ForOthers(SetupRequest request) =>
        Known(request).Where(a => !a.IsLoopback).OrderBy(a => a.Distance).FirstOrDefault();

    /// <summary>Whether it is the proxy's own address or the one under which the client reached it.</summary>
    public static bool IsOurs(SetupRequest request, ProxyAddress address) =>
        Known(request).Contains(address) || (request.Via == SetupVia.ProxyDirect && Parse(request.Host) == address);

    /// <summary>Whether only this machine reaches it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>How unlikely a phone is to reach it: home networks first, then other private ones, containers' and IPv6 last.</summary>
    private int Distance => IPAddress.TryParse(Host, out var address) && address.AddressFamily == AddressFamily.InterNetwork
        ? address.GetAddressBytes() switch
        {
            [192, 168, ..] => 0,
            [10, ..] => 1,
            [172, >= 20 and < 32, ..] => 2,
            [172, >= 16 and < 20, ..] => 6,
            [169, 254, ..] => 7,
            _ => 3,
        }
        : address is null ? 4 : address.IsIPv6LinkLocal ? 8 : 5;

    private static List<ProxyAddress> Known(SetupRequest request) =>
        [.. request.ProxyAddresses.Select(Parse).OfType<ProxyAddress>().Where(a => a.Host is not ("0.0.0.0" or "::"))];

    private static string HostOnly(string authority)
    {
        var host = Parse(authority)?.Host ?? authority;
        return host.Trim('[', ']').ToLowerInvariant();
    }

    [GeneratedRegex(@"^(?:(?<name>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?)|\[(?<v6>[0-9A-Fa-f:.]{2,45})\]):(?<port>[0-9]{1,5})\z")]
    private static partial Regex Form();
}
