using System.Text.Json.Serialization;

namespace MitmWeb.Web.Api;

/// <summary>A client's connection to MitmWeb.</summary>
/// <param name="Id">Unique within the session, together with server connections.</param>
/// <param name="Address">The client's address and port.</param>
/// <param name="LocalAddress">The address and port it connected to.</param>
/// <param name="OpenedAt">When it was accepted.</param>
/// <param name="Mode">The way in.</param>
/// <param name="Tls">The TLS connection with the client; null for plain text.</param>
public sealed record ClientConnectionDto(
    long Id,
    string Address,
    string LocalAddress,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset OpenedAt,
    string Mode,
    TlsDto? Tls);
