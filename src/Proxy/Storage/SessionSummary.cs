namespace MitmWeb.Proxy.Storage;

/// <summary>What the list of sessions shows of one.</summary>
/// <param name="Key">By what it is asked for: its name, or the path of its file where that is elsewhere.</param>
/// <param name="Path">The full path of its file.</param>
/// <param name="State">What becomes of it at present.</param>
/// <param name="Problem">Why it cannot be read, in a sentence; null when it can.</param>
/// <param name="Version">The version of its schema; null when it is not known.</param>
/// <param name="Flows">The number of flows; null when it is not known.</param>
/// <param name="FileBytes">What it takes on the disk.</param>
/// <param name="FreeBytes">The part of the file that holds nothing, which compacting gives back; null when it is not known.</param>
/// <param name="CreatedAt">When it was created; null when it is not known.</param>
/// <param name="LastUsedAt">When it was written last.</param>
/// <param name="Running">How many flows run in it now.</param>
public sealed record SessionSummary(
    string Key,
    string Path,
    SessionState State,
    string? Problem,
    int? Version,
    long? Flows,
    long FileBytes,
    long? FreeBytes,
    DateTimeOffset? CreatedAt,
    DateTimeOffset LastUsedAt,
    int Running);
