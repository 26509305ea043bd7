namespace MitmWeb.Proxy.Index;

/// <summary>How far the index of bodies is.</summary>
/// <param name="IsOn">Whether there is one.</param>
/// <param name="Done">The share of the session's changes that it has taken in, 0 to 1.</param>
/// <param name="Bytes">What it takes on the disk.</param>
/// <param name="Problem">Why it does not go on at present, in a sentence; null when it does.</param>
public sealed record BodyIndexState(bool IsOn, double Done, long Bytes, string? Problem);
