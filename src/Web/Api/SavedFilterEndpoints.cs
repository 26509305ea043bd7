using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Filters;
using MitmWeb.Web.Hubs;

namespace MitmWeb.Web.Api;

/// <summary>Saved views and highlights, which all dashboards share.</summary>
internal static class SavedFilterEndpoints
{
    private const int MaxIds = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/views", (SavedFilterLibrary library) => TypedResults.Ok(SavedFiltersDto.Of(library)))
            .WithName("listViews")
            .WithSummary("The saved views and the highlights");
        api.MapPut("/views/{name}", Save)
            .WithName("saveView")
            .WithSummary("Save a filter under a name, or change one that is saved")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapDelete("/views/{name}", Remove)
            .WithName("deleteView")
            .WithSummary("Delete a saved view")
            .WithDescription("Not while other views or highlights use it.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/highlights", SetHighlights)
            .WithName("setHighlights")
            .WithSummary("Replace the highlights")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/highlights/match", Match)
            .WithName("matchHighlights")
            .WithSummary("In which colours flows are highlighted")
            .WithDescription("Asked for the flows in sight, at most 1000. A highlight whose regular expression takes too long matches nothing.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static Task<Results<Ok<SavedFiltersDto>, ProblemHttpResult>> Save(
        SavedFilterLibrary library, IHubContext<FlowsHub> hub, [Description("The view's name.")] string name, SaveViewRequest request) =>
        Change(library, hub, () => library.SaveView(name, request.NewName, request.Filter ?? ""));

    private static async Task<Results<Ok<SavedFiltersDto>, ProblemHttpResult>> Remove(
        SavedFilterLibrary library, IHubContext<FlowsHub> hub, [Description("The view's name.")] string name)
    {
        var found = false;
        var answer = await Change(library, hub, () => found = library.RemoveView(name));
        return answer.Result is ProblemHttpResult || found ? answer : ApiProblem.NotFound($"There is no view “{name}”.");
    }

    private static Task<Results<Ok<SavedFiltersDto>, ProblemHttpResult>> SetHighlights(
        SavedFilterLibrary library, IHubContext<FlowsHub> hub, HighlightsRequest request) => Change(
            library,
            hub,
            () => library.SetHighlights([.. (request.Highlights ?? []).Select(rule => new HighlightRule(rule.Filter ?? "", rule.Color ?? "", rule.Enabled))]));

    /// <summary>Changes what is saved, and tells every dashboard.</summary>
    private static async Task<Results<Ok<SavedFiltersDto>, ProblemHttpResult>> Change(SavedFilterLibrary library, IHubContext<FlowsHub> hub, Action change)
    {
        try
        {
            change();
        }
        catch (ArgumentException exception)
        {
            return ApiProblem.BadParameter(exception.Message);
        }

        var saved = SavedFiltersDto.Of(library);
        await hub.Clients.All.SendAsync("savedFilters", saved);
        return TypedResults.Ok(saved);
    }

    private static Results<Ok<FlowColorsDto>, ProblemHttpResult> Match(
        RequestedSession session, SavedFilterLibrary library, FlowIdsRequest request, CancellationToken cancellationToken)
    {
        if (request.Ids is not { Count: <= MaxIds } ids)
        {
            return ApiProblem.BadParameter($"Say in “ids” which flows are meant, at most {MaxIds}.");
        }

        var colors = new Dictionary<string, string>();
        var left = ids.ToHashSet();
        foreach (var rule in library.Saved.Highlights.Where(rule => rule.IsEnabled))
        {
            if (left.Count == 0)
            {
                break;
            }

            if (!FlowFilter.TryParse(rule.Filter, out var filter, out _, language: library.Language))
            {
                continue;
            }

            try
            {
                foreach (var id in session.Store.Matching(filter, left, cancellationToken))
                {
                    colors[id.ToString(CultureInfo.InvariantCulture)] = rule.Color;
                    left.Remove(id);
                }
            }
            catch (FilterException)
            {
                // The others count all the same.
            }
        }

        return TypedResults.Ok(new FlowColorsDto(colors));
    }
}
