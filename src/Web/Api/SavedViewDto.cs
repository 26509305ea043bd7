namespace MitmWeb.Web.Api;

/// <summary>A saved filter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Filter">What it stands for.</param>
/// <param name="Description">What that says, in a sentence; null when it cannot be read.</param>
/// <param name="Error">Why it cannot be read; null when it can.</param>
public sealed record SavedViewDto(string Name, string Filter, string? Description, string? Error);
