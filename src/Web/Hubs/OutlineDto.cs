namespace MitmWeb.Web.Hubs;

/// <summary>What has changed in the outline that a tab shows.</summary>
/// <param name="Lists">The lists that have changed.</param>
/// <param name="Error">Why it is not kept up at present, in one plain sentence, else null.</param>
public sealed record OutlineDto(IReadOnlyList<OutlineListDto> Lists, string? Error);
