using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>Recording, switched while MitmWeb runs.</summary>
internal static class RecordingEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapPut("/recording", Switch)
            .WithName("switchRecording")
            .WithSummary("Record, or let traffic pass unrecorded")
            .WithDescription(
                "Traffic flows either way. Flows that began while recording was on are recorded to their end; those that begin while it is off are " +
                "not recorded at all, only counted. “recording” of the state tells how it is.");

    private static Ok<RecordingDto> Switch(LiveStore live, RecordingRequest request)
    {
        live.IsRecording = request.On;
        return TypedResults.Ok(RecordingDto.From(live));
    }
}
