using System.Net;

namespace MitmWeb.Proxy.PassThrough;

/// <summary>A host whose connections are passed on unread, added while MitmWeb runs.</summary>
/// <param name="Host">The name or address, without a port; compared whole, whatever the case of its letters.</param>
/// <param name="Client">The one client that it is for; null for all clients.</param>
/// <param name="AddedAt">When it was added.</param>
/// <param name="Rejections">How often that client had rejected the certificate for it, when MitmWeb added it by itself; 0 when a person did.</param>
public sealed record PassThroughEntry(string Host, IPAddress? Client, DateTimeOffset AddedAt, int Rejections = 0)
{
    internal bool Covers(string host, IPAddress client) =>
        (Client is null || Client.Equals(client)) && Host.Equals(host, StringComparison.OrdinalIgnoreCase);
}
