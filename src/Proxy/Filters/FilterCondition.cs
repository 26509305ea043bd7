using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>A compiled filter or a part of it: a predicate, and the same as SQL. The two agree on every flow.</summary>
internal abstract class FilterCondition
{
    /// <summary>Whether more than the list's row must be looked at.</summary>
    public abstract bool NeedsContent { get; }

    /// <summary>What must be looked at.</summary>
    public virtual FilterNeed Need => NeedsContent ? FilterNeed.Bodies : FilterNeed.Row;

    /// <summary>Whether its SQL names columns of <c>content</c>.</summary>
    public virtual bool NamesContent => Need == FilterNeed.Content;

    /// <summary>Whether the flow passes.</summary>
    /// <param name="row">The list's row.</param>
    /// <param name="content">The rest; null only when nothing needs it.</param>
    /// <param name="budget">What regular expressions may lose.</param>
    /// <exception cref="FilterException">A regular expression takes too long.</exception>
    public abstract bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget);

    /// <summary>Writes the condition as an expression that is 0 or 1, never NULL.</summary>
    public abstract void Write(FilterSql sql);
}
