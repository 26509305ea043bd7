namespace MitmWeb.Web.Hubs;

/// <summary>How many flows there are of one name.</summary>
/// <param name="Name">The host, the part of the path, the client's address, or the media type.</param>
/// <param name="Flows">All of them.</param>
/// <param name="Errors">Those that failed, or were answered with a status of 400 and above.</param>
/// <param name="HasMore">Whether there are paths below it.</param>
public sealed record OutlineEntryDto(string Name, long Flows, long Errors, bool HasMore);
