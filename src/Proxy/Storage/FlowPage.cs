namespace MitmWeb.Proxy.Storage;

/// <summary>A window on the list of flows, everything in it as it was at one moment.</summary>
/// <param name="Total">How many flows match.</param>
/// <param name="Seq">The greatest <c>seq</c> at that moment.</param>
/// <param name="Offset">The position of the first row.</param>
/// <param name="Rows">The rows in their order.</param>
public sealed record FlowPage(long Total, long Seq, long Offset, IReadOnlyList<FlowRow> Rows);
