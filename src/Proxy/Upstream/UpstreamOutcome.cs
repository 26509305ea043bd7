using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Upstream;

/// <summary>What is known of a server from the last connection to it.</summary>
internal sealed record UpstreamOutcome
{
    /// <summary>Whether it speaks HTTP/2; null when it was not asked.</summary>
    public bool? IsHttp2 { get; init; }

    /// <summary>Whether it refuses everything but HTTP/2.</summary>
    public bool IsHttp2Only { get; init; }

    /// <summary>Whom its certificate is for; null when it has shown none.</summary>
    public LeafSubject? Subject { get; init; }

    /// <summary>Why the last attempt to reach it failed; null when it did not.</summary>
    public FlowError? Failure { get; init; }
}
