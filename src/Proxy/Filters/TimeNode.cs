namespace MitmWeb.Proxy.Filters;

/// <summary>A test of the time at which the flow began.</summary>
/// <param name="Test">How it is tested; "greater" is later.</param>
/// <param name="From">The first moment that is meant.</param>
/// <param name="To">The last moment that is meant: of a day its last microsecond.</param>
public sealed record TimeNode(NumberTest Test, FilterTime From, FilterTime To) : FilterNode;
