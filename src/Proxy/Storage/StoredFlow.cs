using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Storage;

/// <summary>Everything stored about one flow but its bodies.</summary>
public sealed record StoredFlow
{
    public required FlowRow Row { get; init; }

    public required ClientConnection Client { get; init; }

    public ServerConnection? Server { get; init; }

    public bool ServerReused { get; init; }

    public RequestHead? Request { get; init; }

    public HeaderList? RequestTrailers { get; init; }

    public IReadOnlyList<ResponseHead> Interim { get; init; } = [];

    public ResponseHead? Response { get; init; }

    public HeaderList? ResponseTrailers { get; init; }

    /// <summary>As <see cref="Flow.RequestHeadWireSize"/>, when the content was last written: for a flow that runs, some while ago.</summary>
    public long? RequestHeadWireSize { get; init; }

    /// <inheritdoc cref="RequestHeadWireSize"/>
    public long? RequestBodyWireSize { get; init; }

    /// <inheritdoc cref="RequestHeadWireSize"/>
    public long? ResponseHeadWireSize { get; init; }

    /// <inheritdoc cref="RequestHeadWireSize"/>
    public long? ResponseBodyWireSize { get; init; }

    /// <inheritdoc cref="Flow.PassThroughReason"/>
    public string? PassThroughReason { get; init; }

    public required FlowTimings Timings { get; init; }

    public FlowError? Error { get; init; }
}
