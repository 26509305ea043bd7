using System.Net;
using System.Net.Sockets;

namespace MitmWeb.Proxy.Storage;

/// <summary>Addresses as the list shows them, and back.</summary>
internal static class EndPointText
{
    /// <summary><c>127.0.0.1:8080</c>, <c>[::1]:8080</c>; an IPv4 address that came in over IPv6 is written as IPv4.</summary>
    public static string Write(IPEndPoint endPoint) => endPoint.AddressFamily == AddressFamily.InterNetworkV6 && endPoint.Address.IsIPv4MappedToIPv6
        ? $"{endPoint.Address.MapToIPv4()}:{endPoint.Port}"
        : endPoint.ToString();

    public static IPEndPoint? Read(string? text) => text is not null && IPEndPoint.TryParse(text, out var endPoint) ? endPoint : null;
}
