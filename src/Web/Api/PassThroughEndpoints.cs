using System.ComponentModel;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MitmWeb.Proxy.PassThrough;

namespace MitmWeb.Web.Api;

/// <summary>The hosts that are passed through, changed while MitmWeb runs.</summary>
internal static class PassThroughEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/pass-through", Add)
            .WithName("passHost")
            .WithSummary("Pass a host through")
            .WithDescription("Its next connections are passed on unread; those that are open go on as they are. The state tells all such hosts.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapDelete("/pass-through", Remove)
            .WithName("interceptHost")
            .WithSummary("Intercept a host again")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Results<NoContent, ProblemHttpResult> Add(PassThroughList list, PassHostRequest request)
    {
        if (!TryParseClient(request.Client, out var client, out var problem))
        {
            return problem!;
        }

        try
        {
            list.Add(request.Host ?? "", client);
            return TypedResults.NoContent();
        }
        catch (ArgumentException)
        {
            return ApiProblem.BadParameter($"“{request.Host}” is not a host: give a name or an address without a scheme, port or path.");
        }
    }

    private static Results<NoContent, ProblemHttpResult> Remove(
        PassThroughList list,
        [Description("The host as the state tells it.")] string? host,
        [Description("The client as the state tells it; absent for the entry that is for all clients.")] string? client)
    {
        if (!TryParseClient(client, out var address, out var problem))
        {
            return problem!;
        }

        return list.Remove(host ?? "", address) ? TypedResults.NoContent() : ApiProblem.NotFound($"“{host}” is not passed through.");
    }

    private static bool TryParseClient(string? text, out IPAddress? address, out ProblemHttpResult? problem)
    {
        (address, problem) = (null, null);
        if (string.IsNullOrEmpty(text) || IPAddress.TryParse(text, out address))
        {
            return true;
        }

        problem = ApiProblem.BadParameter($"“{text}” is not an IP address.");
        return false;
    }
}
