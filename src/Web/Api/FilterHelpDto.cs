namespace MitmWeb.Web.Api;

/// <summary>A line of the filter language's help.</summary>
/// <param name="Operator">The <c>~</c> operator; empty when there is none.</param>
/// <param name="Field">The field, or <c>is:word</c>; empty when there is none.</param>
/// <param name="Help">What it matches.</param>
/// <param name="Example">A filter with it.</param>
/// <param name="Missing">Why no flow matches yet; null when flows can.</param>
public sealed record FilterHelpDto(string Operator, string Field, string Help, string Example, string? Missing);
