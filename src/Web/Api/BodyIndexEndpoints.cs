using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The index of bodies, switched while MitmWeb runs.</summary>
internal static class BodyIndexEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapPut("/body-index", Switch)
            .WithName("switchBodyIndex")
            .WithSummary("Index bodies, or delete the index")
            .WithDescription("Searches find the same either way. The index is made in the background; “bodyIndex” of the state tells how far it is.");

    private static Ok<BodyIndexDto> Switch(LiveStore live, BodyIndexRequest request)
    {
        live.SwitchBodyIndex(request.On);
        return TypedResults.Ok(BodyIndexDto.From(live.Current.BodyIndex));
    }
}
