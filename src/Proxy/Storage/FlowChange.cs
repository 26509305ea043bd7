namespace MitmWeb.Proxy.Storage;

/// <summary>One flow that is new or has changed.</summary>
/// <param name="Row">The flow now.</param>
/// <param name="Before">The flow as it was before this commit; null when it is new or that is not known.</param>
public readonly record struct FlowChange(FlowRow Row, FlowRow? Before);
