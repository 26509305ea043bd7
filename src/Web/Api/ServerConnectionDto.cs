using System.Text.Json.Serialization;

namespace MitmWeb.Web.Api;

/// <summary>A connection from MitmWeb to a server.</summary>
/// <param name="Id">Unique within the session, together with client connections.</param>
/// <param name="Host">The name or address asked for.</param>
/// <param name="Port">The port asked for.</param>
/// <param name="Address">The address reached; null when none was.</param>
/// <param name="LocalAddress">MitmWeb's own end; null when there was none.</param>
/// <param name="Addresses">What the name look-up gave.</param>
/// <param name="OpenedAt">When connecting began.</param>
/// <param name="Reused">Whether an earlier flow had already used it.</param>
/// <param name="Tls">The TLS connection with the server; null for plain text.</param>
public sealed record ServerConnectionDto(
    long Id,
    string Host,
    int Port,
    string? Address,
    string? LocalAddress,
    IReadOnlyList<string> Addresses,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset OpenedAt,
    bool Reused,
    TlsDto? Tls);
