using System.Text.Json.Serialization;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The session that is recorded.</summary>
/// <param name="Id">A random name that the session keeps for ever.</param>
/// <param name="Path">Its file.</param>
/// <param name="Name">The file's name without folder and ending.</param>
/// <param name="Flows">The number of flows in it.</param>
/// <param name="Seq">The greatest change number in it.</param>
/// <param name="SizeBytes">What it takes on the disk.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Problem">Why flows are not stored at present, in one plain sentence; null when they are.</param>
public sealed record SessionDto(
    string Id,
    string Path,
    string Name,
    long Flows,
    long Seq,
    long SizeBytes,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset CreatedAt,
    string? Problem)
{
    /// <summary>Describes a store's session as it is now.</summary>
    public static SessionDto From(FlowStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var (session, stats) = (store.Session, store.GetStats());
        return new SessionDto(
            session.Id, session.Path, session.Name, stats.Flows, stats.Seq, stats.FileBytes, session.CreatedAt, store.Problem?.Message);
    }
}
