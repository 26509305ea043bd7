namespace MitmWeb.Proxy.Sql;

/// <summary>What a statement may take and give; null is no limit.</summary>
public sealed record SqlLimits
{
    /// <summary>How long it may run.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>How many rows it may give; the rest is left out.</summary>
    public long? Rows { get; init; }

    /// <summary>How many bytes its values may have together, roughly; the rest is left out.</summary>
    public long? Bytes { get; init; }
}
