namespace MitmWeb.Web.Api;

/// <summary>All highlights anew.</summary>
/// <param name="Highlights">The highlights, the first one first.</param>
public sealed record HighlightsRequest(IReadOnlyList<HighlightDto>? Highlights);
