namespace MitmWeb.Proxy.Filters;

/// <summary>A saved view.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Filter">What it stood for when the filter was read.</param>
public sealed record ViewNode(string Name, FilterNode Filter) : FilterNode
{
    /// <summary>The names of the views that a filter uses itself, not through others.</summary>
    public static IEnumerable<string> NamesIn(FilterNode node) => node switch
    {
        ViewNode view => [view.Name],
        AndNode and => and.Terms.SelectMany(NamesIn),
        OrNode or => or.Terms.SelectMany(NamesIn),
        NotNode not => NamesIn(not.Term),
        _ => [],
    };
}
