using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>How much of the session that is recorded is kept.</summary>
internal static class RetentionEndpoints
{
    private const double MinAgeSeconds = 60;
    private const long MinBytes = 1024 * 1024;

    /// <summary>A hundred years: longer ages do not fit into the times of a session.</summary>
    private const double MaxAgeSeconds = 100 * 366 * 86400.0;

    public static void Map(RouteGroupBuilder api) => api.MapPut("/retention", Set)
        .WithName("setRetention")
        .WithSummary("Set how much of the session that is recorded is kept")
        .WithDescription("The oldest flows beyond a limit are removed, but for those that run and those that somebody has marked, tagged, commented or pinned. It holds for sessions that are recorded later, too, and after a restart.")
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static Results<Ok<RetentionDto>, ProblemHttpResult> Set(RetentionRequest request, LiveStore live)
    {
        if (request.MaxAgeSeconds is not (null or (>= MinAgeSeconds and <= MaxAgeSeconds)))
        {
            return ApiProblem.BadParameter("The age must be a minute at least, and a hundred years at most.");
        }

        if (request.MaxFlows is <= 0)
        {
            return ApiProblem.BadParameter("The number of flows must be 1 at least.");
        }

        if (request.MaxBytes is < MinBytes)
        {
            return ApiProblem.BadParameter("The size must be 1 MiB at least.");
        }

        live.Retention = new RetentionPolicy(
            request.MaxAgeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null, request.MaxFlows, request.MaxBytes);
        return TypedResults.Ok(RetentionDto.From(live.Current));
    }
}
