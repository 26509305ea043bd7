using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Upstream;

/// <summary>The server could not be reached or did not answer as HTTP. What it says is meant for people.</summary>
internal sealed class UpstreamException(FlowError error, Exception? inner = null) : IOException(error.Message, inner)
{
    public FlowError Error { get; } = error;

    /// <summary>Whether the server took too long, rather than doing something wrong.</summary>
    public bool IsTimeout { get; init; }

    /// <summary>What was known of the connection when it failed.</summary>
    public ServerConnection? Connection { get; init; }

    /// <summary>The instants up to the failure.</summary>
    public ConnectTimeline? Timeline { get; init; }
}
