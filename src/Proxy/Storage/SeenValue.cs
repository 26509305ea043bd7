namespace MitmWeb.Proxy.Storage;

/// <summary>A value that flows have.</summary>
/// <param name="Value">The value.</param>
/// <param name="Count">How many of the newest flows (or connections) have it.</param>
public sealed record SeenValue(string Value, long Count);
