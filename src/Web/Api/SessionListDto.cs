namespace MitmWeb.Web.Api;

/// <summary>The sessions that there are.</summary>
/// <param name="Folder">Where new ones are made.</param>
/// <param name="Sessions">The one that is recorded, then the others, the one that was used last first.</param>
/// <param name="Jobs">What is done to them in the background, and what was done lately, the newest first.</param>
public sealed record SessionListDto(string Folder, IReadOnlyList<StoredSessionDto> Sessions, IReadOnlyList<SessionJobDto> Jobs);
