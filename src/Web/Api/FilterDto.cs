namespace MitmWeb.Web.Api;

/// <summary>What there is to say about a filter, and about the place in it where somebody writes.</summary>
/// <param name="Description">What it wants in plain English; null when it cannot be read.</param>
/// <param name="Error">What is wrong with it; null when nothing is.</param>
/// <param name="Completions">What could be written at the cursor; null when no cursor was given.</param>
public sealed record FilterDto(string? Description, FilterErrorDto? Error, FilterCompletionsDto? Completions);
