namespace MitmWeb.Proxy.Storage;

/// <summary>How many flows match a filter, at one moment.</summary>
/// <param name="Total">How many.</param>
/// <param name="Seq">The change up to which that is so.</param>
/// <param name="Running">Those of them that still run, and so may change.</param>
public sealed record FlowCount(long Total, long Seq, IReadOnlySet<long> Running);
