namespace MitmWeb.Proxy.Content;

/// <summary>What a search in a body has found.</summary>
/// <param name="Count">All that were found.</param>
/// <param name="First">The number of the first of <paramref name="Matches"/> among all, from 0.</param>
/// <param name="Matches">Some of them, in their order.</param>
/// <param name="Searched">How many bytes were looked at.</param>
/// <param name="Stopped">Why it did not look at all, in a sentence; null when it did.</param>
public sealed record BodySearchResult(long Count, long First, IReadOnlyList<BodyMatch> Matches, long Searched, string? Stopped);
