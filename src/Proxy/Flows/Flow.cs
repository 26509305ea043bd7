using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Flows;

/// <summary>
/// One exchange while it runs. The part of the engine that runs it writes it; after each change worth showing it calls
/// <see cref="IFlowSink.Changed"/>, and the store reads the flow as it then is. What is set is immutable, so a reader
/// sees either the old or the new value of a member. Bodies are not here: they go to the store as they pass.
/// </summary>
public sealed class Flow
{
    /// <summary>Unique within the session, rising in the order in which flows began; 1 is the first. 0 for a flow that is not recorded.</summary>
    public required long Id { get; init; }

    /// <summary>When the first byte of the request had arrived.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The client's connection.</summary>
    public required ClientConnection Client { get; init; }

    /// <summary>The server's connection; null while there is none.</summary>
    public ServerConnection? Server { get; set; }

    /// <summary>Whether an earlier flow had already used the server's connection.</summary>
    public bool ServerReused { get; set; }

    public FlowKind Kind { get; set; }

    public FlowState State { get; set; }

    /// <summary><c>http</c>, <c>https</c>, <c>ws</c>, <c>wss</c>, or <c>tcp</c>.</summary>
    public required string Scheme { get; set; }

    /// <summary>The host that the client asked for: a name as it was written, or an address without brackets.</summary>
    public required string Host { get; set; }

    public required int Port { get; set; }

    /// <summary>Path and query as the client sent them (the target in origin-form), or <c>*</c>; empty for kinds without.</summary>
    public string Path { get; set; } = "";

    /// <summary>The request's head as the client sent it; null for kinds without.</summary>
    public RequestHead? Request { get; set; }

    /// <summary>The request's trailer lines, or null.</summary>
    public HeaderList? RequestTrailers { get; set; }

    /// <summary>The interim (1xx) responses in their order (RFC 9110, section 15.2).</summary>
    public IReadOnlyList<ResponseHead> Interim { get; set; } = [];

    /// <summary>The final response's head as the server sent it; null while there is none.</summary>
    public ResponseHead? Response { get; set; }

    /// <summary>The response's trailer lines, or null.</summary>
    public HeaderList? ResponseTrailers { get; set; }

    /// <summary>Body bytes that have passed from the client so far: the content, without chunk framing, still content-encoded.</summary>
    public long RequestBodySize { get; set; }

    /// <summary>Body bytes that have passed from the server so far.</summary>
    public long ResponseBodySize { get; set; }

    /// <summary>Bytes that the request's head took on the client's connection: for HTTP/1.1 its own length, for HTTP/2 that of the frames
    /// with the compressed fields. Null for kinds without.</summary>
    public long? RequestHeadWireSize { get; set; }

    /// <summary>Bytes that the request's body has taken on the client's connection so far, with chunk framing and trailers, or with frame
    /// headers and padding. Null for kinds without.</summary>
    public long? RequestBodyWireSize { get; set; }

    /// <summary>Bytes that the response's head took on the server's connection; null while there is none, and for answers of MitmWeb's own.</summary>
    public long? ResponseHeadWireSize { get; set; }

    /// <summary>Bytes that the response's body has taken on the server's connection so far; null as for its head, and for tunnels.</summary>
    public long? ResponseBodyWireSize { get; set; }

    public FlowTimings Timings { get; } = new();

    /// <summary>What of MitmWeb has changed the messages (<c>ssl-strip</c>): then the response is recorded as the client got it, and the
    /// request as the client sent it, which is not what the server sent and got. Null when nothing has.</summary>
    public string? ModifiedBy { get; set; }

    /// <summary>Why the connection was passed on unread, for <see cref="FlowKind.PassedThrough"/>; else null.</summary>
    public string? PassThroughReason { get; set; }

    /// <summary>Why it failed; null when it did not.</summary>
    public FlowError? Error { get; set; }
}
