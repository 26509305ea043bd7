namespace MitmWeb.Proxy.Filters;

/// <summary>What of a flow must be looked at; each costs more than the one before it.</summary>
internal enum FilterNeed
{
    /// <summary>The list's row.</summary>
    Row,

    /// <summary>The heads, or the connections.</summary>
    Content,

    /// <summary>The bodies.</summary>
    Bodies,
}
