namespace MitmWeb.Proxy.Filters;

/// <summary>Every flow: the empty filter, and <c>~all</c>.</summary>
public sealed record EverythingNode : FilterNode
{
    private EverythingNode()
    {
    }

    public static EverythingNode Instance { get; } = new();
}
