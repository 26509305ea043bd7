namespace MitmWeb.Proxy.Storage;

/// <summary>One flow that is new or has changed.</summary>
/// <param name="Row">The flow now.</param>
/// <param name="Before">The flow as it was when the subscriber last heard of it; null when it is new.</param>
public readonly record struct FlowChange(FlowRow Row, FlowRow? Before);
