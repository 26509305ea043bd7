namespace MitmWeb.Proxy.Filters;

/// <summary>Something that could be written at the cursor.</summary>
/// <param name="Insert">The text to put in the place of what stands there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Help">What it matches; empty for values.</param>
/// <param name="Count">How many of the newest flows (or connections) have this value; null for what is not a value.</param>
public sealed record FilterCompletion(string Insert, CompletionKind Kind, string Help, long? Count);
