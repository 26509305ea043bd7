using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>A flow as the list shows it.</summary>
public record FlowRowDto
{
    /// <summary>Fills the list's part from a stored row.</summary>
    public FlowRowDto(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Id = row.Id;
        Seq = row.Seq;
        Kind = row.Kind switch
        {
            FlowKind.Http => "http",
            FlowKind.WebSocket => "websocket",
            FlowKind.Tcp => "tcp",
            FlowKind.PassedThrough => "passedThrough",
            _ => "tls",
        };
        State = row.State switch
        {
            FlowState.Pending => "pending",
            FlowState.Streaming => "streaming",
            FlowState.Done => "done",
            _ => "error",
        };
        StartedAt = row.StartedAt;
        Method = row.Method;
        Scheme = row.Scheme;
        Host = row.Host;
        Port = row.Port;
        Path = row.Path;
        Status = row.Status;
        Reason = row.Reason;
        ContentType = row.ContentType;
        RequestSize = row.RequestSize;
        ResponseSize = row.ResponseSize;
        DurationMs = Milliseconds(row.Duration);
        TtfbMs = Milliseconds(row.TimeToFirstByte);
        HttpVersion = row.HttpVersion;
        ServerHttpVersion = row.ServerHttpVersion;
        ClientAddress = row.ClientAddress;
        ServerAddress = row.ServerAddress;
        Error = row.Error;
        ModifiedBy = row.ModifiedBy;
        Marker = row.Marker;
        Comment = row.Comment;
        Tags = FlowNotes.Of(row).Tags;
        Pinned = row.IsPinned;
    }

    /// <summary>Unique within the session; a flow that began later has a greater one.</summary>
    public long Id { get; init; }

    /// <summary>The number of the change that made the flow what is shown here.</summary>
    public long Seq { get; init; }

    /// <summary><c>http</c>, <c>websocket</c>, <c>tcp</c>, <c>tls</c> (a handshake with a client that failed), or
    /// <c>passedThrough</c> (a connection that a rule passed on unread).</summary>
    [AllowedValues("http", "websocket", "tcp", "tls", "passedThrough")]
    public string Kind { get; init; }

    /// <summary><c>pending</c> (no response yet), <c>streaming</c>, <c>done</c>, or <c>error</c>.</summary>
    [AllowedValues("pending", "streaming", "done", "error")]
    public string State { get; init; }

    /// <summary>When the first byte of the request had arrived.</summary>
    [JsonConverter(typeof(MicrosecondTimeConverter))]
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The method; empty for kinds without.</summary>
    public string Method { get; init; }

    /// <summary><c>http</c>, <c>https</c>, <c>ws</c>, <c>wss</c>, or <c>tcp</c>.</summary>
    public string Scheme { get; init; }

    /// <summary>The host, without brackets.</summary>
    public string Host { get; init; }

    /// <summary>The port.</summary>
    public int Port { get; init; }

    /// <summary>Path and query as the client sent them.</summary>
    public string Path { get; init; }

    /// <summary>The response's status; null while there is none.</summary>
    public int? Status { get; init; }

    /// <summary>The response's reason phrase; null while there is no response.</summary>
    public string? Reason { get; init; }

    /// <summary>The response's media type without parameters; null when there is none.</summary>
    public string? ContentType { get; init; }

    /// <summary>Body bytes from the client so far.</summary>
    public long RequestSize { get; init; }

    /// <summary>Body bytes from the server so far.</summary>
    public long ResponseSize { get; init; }

    /// <summary>Milliseconds from start to end; null while it runs.</summary>
    public double? DurationMs { get; init; }

    /// <summary>Milliseconds from the start to the response's head; null while there is none.</summary>
    public double? TtfbMs { get; init; }

    /// <summary>The version that the client spoke: <c>HTTP/2</c>.</summary>
    public string? HttpVersion { get; init; }

    /// <summary>The version that the server spoke.</summary>
    public string? ServerHttpVersion { get; init; }

    /// <summary>The client's address and port.</summary>
    public string ClientAddress { get; init; }

    /// <summary>The server's address and port; null while there is no connection.</summary>
    public string? ServerAddress { get; init; }

    /// <summary>Why it failed, in one plain sentence; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>What of MitmWeb has changed the messages, so that they are not what the two sides sent: <c>ssl-strip</c>; null when nothing has.</summary>
    public string? ModifiedBy { get; init; }

    /// <summary>The mark: <c>red</c>, <c>orange</c>, <c>yellow</c>, <c>green</c>, <c>blue</c>, <c>purple</c>, or another short text; null when there is none.</summary>
    public string? Marker { get; init; }

    /// <summary>What somebody wrote about it; null when nobody did.</summary>
    public string? Comment { get; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyList<string> Tags { get; init; }

    /// <summary>Whether it is pinned.</summary>
    public bool Pinned { get; init; }

    /// <summary>The values of the headers that a tab has columns for, in the order in which it asked for them; null for one that the flow does not have. Only the hub gives
    /// it, and only to a tab that asks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string?>? Headers { get; init; }

    internal static double? Milliseconds(long? microseconds) => microseconds is { } value ? value / 1000.0 : null;
}
