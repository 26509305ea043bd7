namespace MitmWeb.Proxy.Filters;

/// <summary>The filters that people keep: views by their names, and what is highlighted, of which the first that matches counts. It does not change.</summary>
/// <param name="Views">The views in the order in which they are listed.</param>
/// <param name="Highlights">The highlights, the first one first.</param>
public sealed record SavedFilters(IReadOnlyList<SavedView> Views, IReadOnlyList<HighlightRule> Highlights)
{
    /// <summary>Nothing kept.</summary>
    public static SavedFilters None { get; } = new([], []);

    /// <summary>The view of that name, or null.</summary>
    public SavedView? Find(string name) => Views.FirstOrDefault(view => view.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
