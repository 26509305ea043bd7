namespace MitmWeb.Proxy.Storage;

/// <summary>A flow in the queue, with the bytes that count for its heads while it waits.</summary>
internal readonly record struct QueuedFlow(LiveFlow Flow, int Weight);
