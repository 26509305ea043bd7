namespace MitmWeb.Proxy.Storage;

/// <summary>What changed in the session file, all of it committed.</summary>
/// <param name="Seq">The greatest <c>seq</c> in the file afterwards.</param>
/// <param name="Rows">The flows that are new or have changed, each once, in the order of their <c>seq</c>.</param>
/// <param name="RemovedIds">The flows that were deleted.</param>
/// <param name="Reset">Whether this is not all: everything was deleted, or more has changed than was kept. Load anew.</param>
public sealed record FlowChanges(long Seq, IReadOnlyList<FlowChange> Rows, IReadOnlyList<long> RemovedIds, bool Reset);
