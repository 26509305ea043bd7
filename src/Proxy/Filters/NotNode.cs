namespace MitmWeb.Proxy.Filters;

/// <summary>The term must not hold.</summary>
public sealed record NotNode(FilterNode Term) : FilterNode;
