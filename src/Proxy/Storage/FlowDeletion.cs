namespace MitmWeb.Proxy.Storage;

/// <summary>Flows that were deleted together, and that can be brought back until <see cref="FlowStoreOptions.UndoTime"/> has passed or the session is closed.</summary>
/// <param name="Id">By which they are brought back.</param>
/// <param name="DeletedAt">When that was.</param>
/// <param name="Flows">How many flows there are.</param>
public sealed record FlowDeletion(long Id, DateTimeOffset DeletedAt, long Flows);
