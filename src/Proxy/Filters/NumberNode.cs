namespace MitmWeb.Proxy.Filters;

/// <summary>A test of a number. Where the flow has none, it does not pass, but <see cref="NumberTest.NotIn"/> does.</summary>
/// <param name="Field">Which number.</param>
/// <param name="Test">How it is tested.</param>
/// <param name="From">The least, or what is compared with: bytes, microseconds, or the number itself. <see cref="long.MinValue"/> for an open range.</param>
/// <param name="To">The greatest; the same as <paramref name="From"/> where only one number is meant.</param>
public sealed record NumberNode(FilterField Field, NumberTest Test, long From, long To) : FilterNode;
