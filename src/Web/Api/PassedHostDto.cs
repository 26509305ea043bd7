using System.Text.Json.Serialization;
using MitmWeb.Proxy.PassThrough;

namespace MitmWeb.Web.Api;

/// <summary>A host whose connections are passed on unread.</summary>
/// <param name="Host">The name or address, without a port.</param>
/// <param name="Client">The address of the one client that it is for; null for all.</param>
/// <param name="AddedAt">When it was added.</param>
/// <param name="Rejections">How often that client had rejected the certificate, when MitmWeb added it by itself; 0 when a person did.</param>
public sealed record PassedHostDto(
    string Host, string? Client, [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset AddedAt, int Rejections)
{
    internal static PassedHostDto From(PassThroughEntry entry) => new(entry.Host, entry.Client?.ToString(), entry.AddedAt, entry.Rejections);
}
