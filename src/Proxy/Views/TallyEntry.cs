namespace MitmWeb.Proxy.Views;

/// <summary>How many flows there are of one name.</summary>
/// <param name="Flows">All of them.</param>
/// <param name="Errors">Those that failed, or were answered with a status of 400 and above.</param>
/// <param name="HasMore">Whether there is more below that name.</param>
/// <param name="Version">The version of the tally that this is of.</param>
public readonly record struct TallyEntry(long Flows, long Errors, bool HasMore, long Version);
