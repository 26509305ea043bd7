namespace MitmWeb.Proxy.Filters;

/// <summary>One of them must hold. There are at least two, and none of them is itself a node of this kind.</summary>
public sealed record OrNode : FilterNode
{
    private OrNode(IReadOnlyList<FilterNode> terms) => Terms = terms;

    public IReadOnlyList<FilterNode> Terms { get; }

    /// <summary>The terms as one node; nested nodes of the same kind become part of it.</summary>
    public static FilterNode Of(IEnumerable<FilterNode> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var flat = terms.SelectMany(term => term is OrNode same ? same.Terms : [term]).ToArray();
        return flat.Length == 1 ? flat[0] : new OrNode(flat);
    }

    public bool Equals(OrNode? other) => other is not null && Terms.SequenceEqual(other.Terms);

    public override int GetHashCode() => Terms.Aggregate(2, HashCode.Combine);
}
