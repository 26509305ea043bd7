namespace MitmWeb.Proxy.Index;

/// <summary>What the index says of one test of bodies.</summary>
/// <param name="Possible">The flows that may pass it, in the order of their ids; null where the index cannot tell.</param>
/// <param name="Certain">The flows that pass it without being read, in the order of their ids; null where the index knows of none.</param>
internal sealed record BodyTestHits(long[]? Possible, long[]? Certain)
{
    /// <summary>Whether it says nothing.</summary>
    public bool AreUnknown => Possible is null && Certain is null or { Length: 0 };
}
