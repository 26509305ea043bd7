namespace MitmWeb.Web.Api;

/// <summary>Which sessions to put into a new one.</summary>
/// <param name="Sessions">Their keys.</param>
/// <param name="Name">The name of the new one.</param>
public sealed record MergeRequest(IReadOnlyList<string>? Sessions, string? Name);
