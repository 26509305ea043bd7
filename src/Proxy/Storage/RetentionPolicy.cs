namespace MitmWeb.Proxy.Storage;

/// <summary>How much of a session is kept. When a limit is passed the oldest flows are removed, but for those that run and those that somebody has marked,
/// tagged, commented or pinned.</summary>
/// <param name="MaxAge">How long after their start flows are kept; null for ever.</param>
/// <param name="MaxFlows">How many flows are kept; null for all.</param>
/// <param name="MaxBytes">How much of the file may hold something: pages in use, not the size of the file, in which removed flows leave room for new
/// ones; null for no limit.</param>
public sealed record RetentionPolicy(TimeSpan? MaxAge, long? MaxFlows, long? MaxBytes)
{
    /// <summary>Everything is kept.</summary>
    public static RetentionPolicy None { get; } = new(null, null, null);

    /// <summary>Whether everything is kept.</summary>
    public bool IsEmpty => this == None;
}
