namespace MitmWeb.Proxy.Storage;

/// <summary>All flows that match a filter, at one moment.</summary>
/// <param name="Ids">Their ids, in the order that was asked for.</param>
/// <param name="Seq">The greatest <c>seq</c> at that moment.</param>
public sealed record MatchingFlows(long[] Ids, long Seq);
