using System.Text.Json.Serialization;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>Flows that were deleted together.</summary>
/// <param name="Id">By which they are brought back; 0 when there was nothing to delete.</param>
/// <param name="Flows">How many there are.</param>
/// <param name="DeletedAt">When that was.</param>
public sealed record DeletionDto(long Id, long Flows, [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset DeletedAt)
{
    internal static DeletionDto Of(FlowDeletion? deletion) =>
        deletion is null ? new DeletionDto(0, 0, DateTimeOffset.UnixEpoch) : new DeletionDto(deletion.Id, deletion.Flows, deletion.DeletedAt);
}
