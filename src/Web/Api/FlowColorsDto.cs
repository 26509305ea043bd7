namespace MitmWeb.Web.Api;

/// <summary>In which colours flows are highlighted.</summary>
/// <param name="Colors">The colour of each flow that a highlight matches, by its id.</param>
public sealed record FlowColorsDto(IReadOnlyDictionary<string, string> Colors);
