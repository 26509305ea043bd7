using System.Text.Json.Serialization;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>A session that is open.</summary>
/// <param name="Key">By what it is asked for: its name, or the path of its file where that is not among the sessions.</param>
/// <param name="Id">A random name that the session keeps for ever.</param>
/// <param name="Path">Its file.</param>
/// <param name="Name">The file's name without folder and ending.</param>
/// <param name="Flows">The number of flows in it.</param>
/// <param name="Seq">The greatest change number in it.</param>
/// <param name="SizeBytes">What it takes on the disk.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ReadOnly">Whether it is only read, and not recorded.</param>
/// <param name="Problem">Why flows are not stored at present, in one plain sentence; null when they are.</param>
public sealed record SessionDto(
    string Key,
    string Id,
    string Path,
    string Name,
    long Flows,
    long Seq,
    long SizeBytes,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset CreatedAt,
    bool ReadOnly,
    string? Problem)
{
    /// <summary>Describes a store's session as it is now.</summary>
    public static SessionDto From(FlowStore store, SessionFolder folder)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(folder);
        var (session, stats) = (store.Session, store.GetStats());
        return new SessionDto(
            folder.KeyOf(session.Path),
            session.Id,
            session.Path,
            session.Name,
            stats.Flows,
            stats.Seq,
            stats.FileBytes,
            session.CreatedAt,
            store.IsReadOnly,
            store.Problem?.Message);
    }
}
