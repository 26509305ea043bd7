using MitmWeb.Proxy.Content;

namespace MitmWeb.Web.Api;

/// <summary>What was found in a body.</summary>
/// <param name="Count">All matches.</param>
/// <param name="First">The number of the first of <paramref name="Matches"/> among all, from 0.</param>
/// <param name="Matches">The matches from <c>from</c> on, as many as <c>limit</c>.</param>
/// <param name="Searched">How many bytes were searched.</param>
/// <param name="Stopped">Why not all were, in a sentence; null when all were.</param>
public sealed record BodySearchDto(long Count, long First, IReadOnlyList<BodyMatch> Matches, long Searched, string? Stopped);
