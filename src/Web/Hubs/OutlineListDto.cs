namespace MitmWeb.Web.Hubs;

/// <summary>What has changed in one list of the outline.</summary>
/// <param name="List"><c>hosts</c>, <c>clients</c>, <c>types</c>, or <c>paths</c>.</param>
/// <param name="Path">For <c>paths</c>: below which host or path, as the tab asked for it; else empty.</param>
/// <param name="Whole">Whether this is all of the list, not what has changed.</param>
/// <param name="Entries">The entries that are new or have changed; of a list the 100 with the most flows are told.</param>
/// <param name="Gone">The names of entries that are not among them any more.</param>
/// <param name="MoreNames">How many names there are besides those that are told, as far as they are told apart.</param>
/// <param name="MoreFlows">How many flows there are of all other names.</param>
public sealed record OutlineListDto(
    string List, string Path, bool Whole, IReadOnlyList<OutlineEntryDto> Entries, IReadOnlyList<string> Gone, long MoreNames, long MoreFlows);
