namespace MitmWeb.Proxy.Storage;

/// <summary>How much a session holds.</summary>
/// <param name="Flows">The number of flows stored.</param>
/// <param name="Seq">The greatest <c>seq</c> given so far.</param>
/// <param name="FileBytes">The size of the session file and its write-ahead log on disk.</param>
/// <param name="UsedBytes">The part of the session file that holds something; the rest is kept for what comes.</param>
/// <param name="MainBytes">The size of the session file as its own pages say, without the log.</param>
/// <param name="OldestAt">When the oldest flow began; null when there is none.</param>
public sealed record FlowStoreStats(long Flows, long Seq, long FileBytes, long UsedBytes, long MainBytes, DateTimeOffset? OldestAt);
