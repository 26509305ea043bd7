namespace MitmWeb.Web.Api;

/// <summary>Which flows are meant: those of some ids, or all that match a filter.</summary>
/// <param name="Ids">The flows; null or absent when the filter says it.</param>
/// <param name="Filter">A filter in the filter language; the empty one is all flows. Null or absent when the ids say it.</param>
/// <param name="UpTo">With a filter, the last flow that is meant: later ones, which may arrive meanwhile, are not. Null or absent for all.</param>
public sealed record FlowSelection(IReadOnlyList<long>? Ids, string? Filter, long? UpTo);
