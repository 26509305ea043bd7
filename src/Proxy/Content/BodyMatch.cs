namespace MitmWeb.Proxy.Content;

/// <summary>Where something was found in a body.</summary>
/// <param name="At">The first byte.</param>
/// <param name="Length">How many bytes.</param>
public sealed record BodyMatch(long At, int Length);
