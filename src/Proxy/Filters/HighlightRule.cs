namespace MitmWeb.Proxy.Filters;

/// <summary>Flows that match are shown in a colour.</summary>
/// <param name="Filter">Which flows.</param>
/// <param name="Color">The colour's name.</param>
/// <param name="IsEnabled">Whether it counts.</param>
public sealed record HighlightRule(string Filter, string Color, bool IsEnabled = true)
{
    /// <summary>The colours, which are also those of marks, in the order of their keys.</summary>
    public static IReadOnlyList<string> Colors { get; } = ["red", "orange", "yellow", "green", "blue", "purple"];
}
