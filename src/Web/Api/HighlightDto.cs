namespace MitmWeb.Web.Api;

/// <summary>Flows that match are shown in a colour.</summary>
/// <param name="Filter">Which flows.</param>
/// <param name="Color"><c>red</c>, <c>orange</c>, <c>yellow</c>, <c>green</c>, <c>blue</c> or <c>purple</c>.</param>
/// <param name="Enabled">Whether it counts.</param>
/// <param name="Error">Why the filter cannot be read; null when it can, and not looked at in what is sent.</param>
public sealed record HighlightDto(string Filter, string Color, bool Enabled, string? Error = null);
