namespace MitmWeb.Proxy.Storage;

/// <summary>Flows that a search has found, in the order of their ids.</summary>
internal sealed class FoundFlows
{
    public List<long> Ids { get; } = [];

    /// <summary>What they are sorted by, when it is not their ids: numbers, or those of texts (<see cref="SortTexts"/>).</summary>
    public List<long> Keys { get; } = [];
}
