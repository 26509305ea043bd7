namespace MitmWeb.Proxy.Filters;

/// <summary>A test of a text of the flow. Where there are several (the lines of a head), one that passes is enough; where there is none,
/// no test passes, so that "is not" does.</summary>
/// <param name="Field">Which text.</param>
/// <param name="Name">The name behind the dot (<c>header.NAME</c>) in lower case, or null.</param>
/// <param name="Test">How the text is tested.</param>
/// <param name="Value">What it is tested against: a text or a regular expression.</param>
public sealed record TextNode(FilterField Field, string? Name, TextTest Test, string Value) : FilterNode;
