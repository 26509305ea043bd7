using System.Text.Json.Serialization;

namespace MitmWeb.Web.Api;

/// <summary>What MitmWeb is doing.</summary>
/// <param name="Version">MitmWeb's version.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="Listeners">The ways in.</param>
/// <param name="Clients">How many client addresses have sent something since the start.</param>
/// <param name="LastClient">The client that was heard of last; null when there was none.</param>
/// <param name="Ca">The certificate authority that signs what clients see.</param>
/// <param name="Session">The session that is recorded.</param>
/// <param name="Web">The dashboard itself.</param>
/// <param name="PassThrough">Which connections are passed on unread.</param>
/// <param name="Rejections">Clients that have lately rejected a certificate, the newest first; one for each client and host, and 20 at most.</param>
/// <param name="MagicHost">The host name that shows the set-up page to whoever comes through the proxy.</param>
/// <param name="SslStrip">The hosts of the SSL-strip test; empty when it is off.</param>
/// <param name="Retention">How much of the session is kept, and how much there is.</param>
/// <param name="BodyIndex">The index by which bodies are searched.</param>
/// <param name="Recording">Whether what passes is recorded.</param>
public sealed record StateDto(
    string Version,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset StartedAt,
    IReadOnlyList<ListenerDto> Listeners,
    int Clients,
    LastClientDto? LastClient,
    CaDto Ca,
    SessionDto Session,
    WebDto Web,
    PassThroughDto PassThrough,
    IReadOnlyList<RejectionDto> Rejections,
    string MagicHost,
    IReadOnlyList<string> SslStrip,
    RetentionDto Retention,
    BodyIndexDto BodyIndex,
    RecordingDto Recording);
