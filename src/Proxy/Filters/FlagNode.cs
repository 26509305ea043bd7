namespace MitmWeb.Proxy.Filters;

/// <summary>Something that a flow is or is not.</summary>
public sealed record FlagNode(FilterFlag Flag) : FilterNode;
