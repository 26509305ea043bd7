using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>A flow as the list shows it: what was stored at one moment.</summary>
public sealed record FlowRow
{
    public required long Id { get; init; }

    /// <summary>The number of the change that wrote this; greater than that of every change before it.</summary>
    public required long Seq { get; init; }

    public required FlowKind Kind { get; init; }

    public required FlowState State { get; init; }

    /// <summary>When the first byte of the request had arrived, to the microsecond.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The method as it was sent; empty for kinds without.</summary>
    public required string Method { get; init; }

    public required string Scheme { get; init; }

    /// <summary>The host without brackets.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Path and query.</summary>
    public required string Path { get; init; }

    /// <summary>The response's status, null while there is none.</summary>
    public int? Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>The response's media type in lower case, without parameters.</summary>
    public string? ContentType { get; init; }

    /// <summary>Body bytes that have passed from the client.</summary>
    public long RequestSize { get; init; }

    /// <summary>Body bytes that have passed from the server.</summary>
    public long ResponseSize { get; init; }

    /// <summary>Microseconds from the start to the end, null while it runs.</summary>
    public long? Duration { get; init; }

    /// <summary>Microseconds from the start to the response's head.</summary>
    public long? TimeToFirstByte { get; init; }

    /// <summary>The version that the client spoke.</summary>
    public string? HttpVersion { get; init; }

    /// <summary>The version that the server spoke.</summary>
    public string? ServerHttpVersion { get; init; }

    public required string ClientAddress { get; init; }

    public string? ServerAddress { get; init; }

    /// <summary>Why it failed, in one plain sentence.</summary>
    public string? Error { get; init; }

    /// <summary>What of MitmWeb has changed the messages (<c>ssl-strip</c>), so that they are not what the two sides sent; null when nothing has.</summary>
    public string? ModifiedBy { get; init; }

    /// <summary>The host in the Host header without its port, where it is another than <see cref="Host"/>.</summary>
    public string? HostHeader { get; init; }

    /// <summary>The request's media type in lower case, without parameters.</summary>
    public string? RequestContentType { get; init; }

    /// <summary>The mark that somebody gave it: a colour's name, or any other short text; null when there is none.</summary>
    public string? Marker { get; init; }

    /// <summary>What somebody wrote about it.</summary>
    public string? Comment { get; init; }

    /// <summary>The tags as a JSON array of texts; null when there are none. <see cref="FlowNotes.Of"/> takes it apart.</summary>
    public string? Tags { get; init; }

    /// <summary>Whether somebody pinned it.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Notes with names as a JSON object of texts; null when there are none. <see cref="FlowNotes.Of"/> takes it apart.</summary>
    public string? Meta { get; init; }

    /// <summary>The address as people write it: <c>scheme://host[:port]/path</c>, the port only where it is not the scheme's own.</summary>
    public string Url => FlowUrl.Write(Scheme, Host, Port, Path);
}
