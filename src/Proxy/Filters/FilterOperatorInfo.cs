namespace MitmWeb.Proxy.Filters;

/// <summary>A <c>~</c> operator, or a word after <c>is:</c>, described for the parser, the completions, the help sheet and the documentation.</summary>
/// <param name="Operator">The letters behind the tilde; empty when there is only <c>is:</c>.</param>
/// <param name="Argument">What follows it.</param>
/// <param name="Help">What it matches.</param>
/// <param name="Example">A filter with it.</param>
/// <param name="Flag">What a flow must be; null for operators with an argument, and for <c>~all</c>.</param>
/// <param name="Is">The word after <c>is:</c>; empty when there is none.</param>
/// <param name="Field">The text that the regular expression is for, or null.</param>
/// <param name="Name">The name behind the field's dot, or null.</param>
/// <param name="Phrase">For flags the end of the sentence "the flow …".</param>
/// <param name="Missing">Why no flow is such yet; null when flows can be.</param>
public sealed record FilterOperatorInfo(
    string Operator,
    OperatorArgument Argument,
    string Help,
    string Example,
    FilterFlag? Flag = null,
    string Is = "",
    FilterField? Field = null,
    string? Name = null,
    string Phrase = "",
    string? Missing = null);
