using MitmWeb.Web.Api;

namespace MitmWeb.Web.Hubs;

/// <summary>How a tab's view is now. What the tab holds of its window already is not sent again.</summary>
public sealed record ViewDto
{
    /// <summary>The tab's name for the view.</summary>
    public required string View { get; init; }

    /// <summary>The tab's last request that is answered by this.</summary>
    public required long Window { get; init; }

    /// <summary>The change of the session that the view is at.</summary>
    public required long Seq { get; init; }

    /// <summary>How many flows match.</summary>
    public required long Total { get; init; }

    /// <summary>The newest flow that matches; 0 when there is none.</summary>
    public required long LastId { get; init; }

    /// <summary>The position of the window's first row.</summary>
    public required long Start { get; init; }

    /// <summary>The flows in the window, in their order; null when they are those of the message before.</summary>
    public required IReadOnlyList<long>? Ids { get; init; }

    /// <summary>The rows of those flows that are new in the window or have changed.</summary>
    public required IReadOnlyList<FlowRowDto> Rows { get; init; }

    /// <summary>The flow that the tab watches, when it has changed; otherwise empty.</summary>
    public IReadOnlyList<FlowRowDto> Watched { get; init; } = [];

    /// <summary>Whether the flow that the tab watches was deleted.</summary>
    public bool WatchedGone { get; init; }

    /// <summary>Whether everything was loaded anew: flows were deleted in bulk, or too much has changed.</summary>
    public bool Anew { get; init; }

    /// <summary>While the flows are looked for, the share of the session that has been looked at, from 0 to 1; then null.</summary>
    public double? Progress { get; init; }

    /// <summary>Why the view is no longer kept up, in one plain sentence, else null.</summary>
    public string? Error { get; init; }
}
