using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>How much of the session that is recorded is kept, and how much there is. When a limit is passed the oldest flows are removed.</summary>
/// <param name="MaxAgeSeconds">How long after their start flows are kept; null for ever.</param>
/// <param name="MaxFlows">How many flows are kept; null for all.</param>
/// <param name="MaxBytes">How much of the file may hold something: pages in use, not the size of the file; null for no limit.</param>
/// <param name="Flows">The number of flows.</param>
/// <param name="UsedBytes">What of the file holds something.</param>
/// <param name="OldestAt">When the oldest flow began; null when there is none.</param>
public sealed record RetentionDto(double? MaxAgeSeconds, long? MaxFlows, long? MaxBytes, long Flows, long UsedBytes, DateTimeOffset? OldestAt)
{
    /// <summary>Describes a session's limits as they are now.</summary>
    public static RetentionDto From(FlowStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var (policy, stats) = (store.Retention, store.GetStats());
        return new RetentionDto(policy.MaxAge?.TotalSeconds, policy.MaxFlows, policy.MaxBytes, stats.Flows, stats.UsedBytes, stats.OldestAt);
    }
}
