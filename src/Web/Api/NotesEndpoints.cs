using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>Marks, comments, tags and pins; and deleting several flows, which can be taken back.</summary>
internal static class NotesEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPatch("/flows/{id}", AnnotateOne)
            .WithName("annotateFlow")
            .WithSummary("Change what is noted about a flow")
            .WithDescription("Also of a flow that still runs. The flow gets a new seq, and is pushed like any change.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(FlowEndpoints.DescribeId);
        api.MapPatch("/flows", Annotate)
            .WithName("annotateFlows")
            .WithSummary("Change what is noted about several flows")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/flows/delete", Delete)
            .WithName("deleteSelection")
            .WithSummary("Delete several flows")
            .WithDescription("Flows that still run go on, but nothing more of them is recorded.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/flows/summary", Summarize)
            .WithName("summarizeSelection")
            .WithSummary("What several flows come to")
            .WithDescription("Their number, bytes, time span, statuses and hosts. A POST because many ids may be named; nothing is changed.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/deletions", (RequestedSession session) => TypedResults.Ok<DeletionDto[]>([.. session.Store.Deletions().Select(DeletionDto.Of)]))
            .WithName("listDeletions")
            .WithSummary("What was deleted and can still be brought back, the newest first")
            .WithDescription("That is so for ten minutes, and as long as the session is open.");
        api.MapPost("/deletions/{id}/undo", Undo)
            .WithName("undoDeletion")
            .WithSummary("Bring deleted flows back")
            .WithDescription("With all they held. A flow that ran when it was deleted has ended by that.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(FlowEndpoints.DescribeId);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> AnnotateOne(RequestedSession session, [Description("The flow's id.")] string id, NotesChange change)
    {
        if (!FlowEndpoints.TryParseId(id, out var number, out var problem))
        {
            return problem!;
        }

        if (change.Apply(new FlowNotes()).Problem is { } sentence)
        {
            return ApiProblem.BadParameter(sentence);
        }

        return await session.Store.Annotate([number], change.Apply) > 0 ? TypedResults.NoContent() : FlowEndpoints.NoSuchFlow(number);
    }

    private static async Task<Results<Ok<FlowCountDto>, ProblemHttpResult>> Annotate(
        RequestedSession session, FilterLanguage language, AnnotateRequest request, CancellationToken cancellationToken)
    {
        if (request.Change is not { } change)
        {
            return ApiProblem.BadParameter("Say in “change” what becomes of the notes.");
        }

        if (change.Apply(new FlowNotes()).Problem is { } sentence)
        {
            return ApiProblem.BadParameter(sentence);
        }

        return TrySelect(session.Store, language, request.Selection, out var ids, out var problem, cancellationToken)
            ? TypedResults.Ok(new FlowCountDto(await session.Store.Annotate(ids, change.Apply)))
            : problem!;
    }

    private static async Task<Results<Ok<DeletionDto>, ProblemHttpResult>> Delete(
        RequestedSession session, FilterLanguage language, FlowSelection selection, CancellationToken cancellationToken)
    {
        if (selection is { Ids: null, UpTo: { } last } && string.IsNullOrWhiteSpace(selection.Filter))
        {
            return TypedResults.Ok(DeletionDto.Of(await session.Store.DeleteFlowsUpTo(last)));
        }

        return TrySelect(session.Store, language, selection, out var ids, out var problem, cancellationToken)
            ? TypedResults.Ok(DeletionDto.Of(await session.Store.DeleteFlows(ids)))
            : problem!;
    }

    private static Results<Ok<FlowSummaryDto>, ProblemHttpResult> Summarize(
        RequestedSession session, FilterLanguage language, FlowSelection selection, CancellationToken cancellationToken) =>
        TrySelect(session.Store, language, selection, out var ids, out var problem, cancellationToken)
            ? TypedResults.Ok(FlowSummary.Of(session.Store, ids, cancellationToken))
            : problem!;

    private static async Task<Results<Ok<FlowCountDto>, ProblemHttpResult>> Undo(RequestedSession session, [Description("The deletion's id.")] string id)
    {
        if (!FlowEndpoints.TryParseId(id, out var number, out _))
        {
            return ApiProblem.BadParameter($"“{id}” is not a deletion's id, which is a whole number from 1.");
        }

        return await session.Store.Undelete(number) is { } flows
            ? TypedResults.Ok(new FlowCountDto(flows))
            : ApiProblem.NotFound("These flows can no longer be brought back: ten minutes have passed, the session was opened anew, or they are back already.");
    }

    private static bool TrySelect(
        FlowStore store, FilterLanguage language, FlowSelection? selection, out IReadOnlyCollection<long> ids, out ProblemHttpResult? problem, CancellationToken cancellationToken)
    {
        (ids, problem) = ([], null);
        if (selection is { Ids: { } some, Filter: null })
        {
            ids = [.. some];
            return true;
        }

        if (selection is not { Ids: null, Filter: { } text })
        {
            problem = ApiProblem.BadParameter("Say which flows are meant: either “ids” or a “filter”.");
            return false;
        }

        if (!FlowFilter.TryParse(text, out var filter, out var error, language: language))
        {
            problem = ApiProblem.BadFilter(error);
            return false;
        }

        var last = selection.UpTo ?? long.MaxValue;
        ids = [.. store.MatchingIds(filter, FlowSort.ById, cancellationToken: cancellationToken).Ids.TakeWhile(id => id <= last)];
        return true;
    }
}
