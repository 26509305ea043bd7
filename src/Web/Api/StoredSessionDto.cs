using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>A session in the list.</summary>
/// <param name="Key">By what it is asked for: its name, or the path of its file where that is elsewhere.</param>
/// <param name="Name">The file's name without folder and ending.</param>
/// <param name="Path">Its file.</param>
/// <param name="IsElsewhere">Whether its file is not among the sessions, so that it can be taken off the list.</param>
/// <param name="State">What becomes of it: it is recorded; it was, and flows that began there still run; it is stored; another process writes it; it is of an
/// older version; of a newer one; it cannot be read.</param>
/// <param name="Problem">Why it cannot be looked at, in a sentence; null when it can.</param>
/// <param name="IsRead">Whether somebody looks at it read-only.</param>
/// <param name="Version">The version of its schema; null when it is not known.</param>
/// <param name="Flows">The number of flows; null when it is not known.</param>
/// <param name="Running">How many of them run now.</param>
/// <param name="SizeBytes">What it takes on the disk.</param>
/// <param name="FreeBytes">What of it compacting gives back; null when it is not known.</param>
/// <param name="CreatedAt">When it was created; null when it is not known.</param>
/// <param name="LastUsedAt">When it was written last.</param>
public sealed record StoredSessionDto(
    string Key,
    string Name,
    string Path,
    bool IsElsewhere,
    [property: AllowedValues("live", "finishing", "stored", "inUse", "old", "new", "damaged")] string State,
    string? Problem,
    bool IsRead,
    int? Version,
    long? Flows,
    int Running,
    long SizeBytes,
    long? FreeBytes,
    DateTimeOffset? CreatedAt,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset LastUsedAt)
{
    internal static StoredSessionDto From(SessionSummary summary, OpenSessions sessions) => new(
        summary.Key,
        System.IO.Path.GetFileNameWithoutExtension(summary.Path),
        summary.Path,
        summary.Key == summary.Path,
        JsonNamingPolicy.CamelCase.ConvertName(summary.State.ToString()),
        summary.Problem,
        sessions.IsRead(summary.Path),
        summary.Version,
        summary.Flows,
        summary.Running,
        summary.FileBytes,
        summary.FreeBytes,
        summary.CreatedAt,
        summary.LastUsedAt);
}
