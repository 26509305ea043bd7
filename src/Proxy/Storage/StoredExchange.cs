using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Storage;

/// <summary>A flow as it is met when a whole session is read through: its row's main parts and its heads.</summary>
public sealed record StoredExchange
{
    public required long Id { get; init; }

    public required FlowKind Kind { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required string Scheme { get; init; }

    /// <summary>The host without brackets.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Path and query.</summary>
    public required string Path { get; init; }

    /// <summary>The response's media type in lower case, without parameters.</summary>
    public string? ContentType { get; init; }

    public string? Error { get; init; }

    /// <summary>What of MitmWeb has changed the messages, so that they are not what the two sides sent; null when nothing has.</summary>
    public string? ModifiedBy { get; init; }

    public required long ClientConnectionId { get; init; }

    public long? ServerConnectionId { get; init; }

    public RequestHead? Request { get; init; }

    public ResponseHead? Response { get; init; }
}
