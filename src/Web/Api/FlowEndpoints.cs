using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The list of flows, and one flow.</summary>
internal static class FlowEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/flows", List)
            .WithName("listFlows")
            .WithSummary("A window on the list of flows")
            .WithDescription("Total, seq and rows are from one moment.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                DescribeNumber(operation, "offset", 0, null);
                DescribeNumber(operation, "limit", 0, MaxLimit);
                return Task.CompletedTask;
            });
        api.MapGet("/flows/{id}", Get)
            .WithName("getFlow")
            .WithSummary("Everything about one flow but its bodies")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(DescribeId);
        api.MapDelete("/flows/{id}", Delete)
            .WithName("deleteFlow")
            .WithSummary("Delete one flow")
            .WithDescription("A flow that still runs goes on, but nothing more of it is recorded.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(DescribeId);
        api.MapDelete("/flows", DeleteMany)
            .WithName("deleteFlows")
            .WithSummary("Delete all flows, or those up to an id")
            .WithDescription("Flows that still run go on, but nothing more of them is recorded.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                DescribeNumber(operation, "upTo", 1, null);
                return Task.CompletedTask;
            });
    }

    /// <summary>The parameter is read as text, so that a bad one gets an answer in plain words; it is a number all the same.</summary>
    public static Task DescribeId(OpenApiOperation operation, object context, CancellationToken cancellationToken)
    {
        DescribeNumber(operation, "id", 1, null);
        return Task.CompletedTask;
    }

    public static bool TryParseId(string text, out long id, out ProblemHttpResult? problem)
    {
        var ok = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0;
        problem = ok ? null : ApiProblem.BadParameter($"“{text}” is not a flow's id, which is a whole number from 1.");
        return ok;
    }

    public static ProblemHttpResult NoSuchFlow(long id) => ApiProblem.NotFound($"There is no flow {id} in this session; it may have been deleted.");

    private static Results<Ok<FlowListDto>, ProblemHttpResult> List(
        RequestedSession session,
        [Description("A filter in the filter language (docs/filters.md); all flows when absent. What is wrong with a bad one stands in the members “position”, “length”, “expected” and “suggestion” of the problem.")] string? filter,
        [Description("The column to sort by, “-” before it for descending; “id” when absent.")] string? sort,
        [Description("How many matching flows to leave out; 0 when absent.")] string? offset,
        [Description("How many flows to give, at most 1000; 100 when absent.")] string? limit,
        CancellationToken cancellationToken)
    {
        if (!FlowFilter.TryParse(filter, out var wanted, out var error))
        {
            return ApiProblem.BadFilter(error);
        }

        if (!FlowSort.TryParse(sort, out var order))
        {
            return ApiProblem.BadParameter($"“{sort}” is not a column to sort by; there are {string.Join(", ", FlowSort.Names)}.");
        }

        if (!TryParseCount(offset, 0, long.MaxValue, out var first))
        {
            return ApiProblem.BadParameter($"“{offset}” is not an offset, which is a whole number from 0.");
        }

        if (!TryParseCount(limit, DefaultLimit, MaxLimit, out var count))
        {
            return ApiProblem.BadParameter($"“{limit}” is not a limit, which is a whole number from 0 to {MaxLimit}.");
        }

        var page = session.Store.QueryFlows(wanted, order, first, (int)count, cancellationToken);
        return TypedResults.Ok(new FlowListDto(page.Total, page.Seq, page.Offset, page.Rows.Select(row => new FlowRowDto(row)).ToArray()));
    }

    private static Results<Ok<FlowDetailDto>, ProblemHttpResult> Get(RequestedSession session, [Description("The flow's id.")] string id)
    {
        if (!TryParseId(id, out var number, out var problem))
        {
            return problem!;
        }

        return session.Store.GetFlow(number) is { } flow ? TypedResults.Ok(new FlowDetailDto(flow)) : NoSuchFlow(number);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(RequestedSession session, [Description("The flow's id.")] string id)
    {
        if (!TryParseId(id, out var number, out var problem))
        {
            return problem!;
        }

        return await session.Store.DeleteFlow(number) ? TypedResults.NoContent() : NoSuchFlow(number);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteMany(
        RequestedSession session,
        [Description("The last flow to delete; later ones, which may arrive meanwhile, stay. All are deleted when absent.")] string? upTo)
    {
        if (string.IsNullOrEmpty(upTo))
        {
            await session.Store.DeleteAllFlows();
            return TypedResults.NoContent();
        }

        if (!TryParseId(upTo, out var last, out var problem))
        {
            return problem!;
        }

        await session.Store.DeleteFlowsUpTo(last);
        return TypedResults.NoContent();
    }

    private static bool TryParseCount(string? text, long absent, long most, out long value)
    {
        value = absent;
        return string.IsNullOrEmpty(text)
            || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most);
    }

    internal static void DescribeNumber(OpenApiOperation operation, string name, long least, long? most)
    {
        if (operation.Parameters?.FirstOrDefault(parameter => parameter.Name == name) is OpenApiParameter parameter)
        {
            parameter.Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Format = "int64",
                Minimum = least.ToString(CultureInfo.InvariantCulture),
                Maximum = most?.ToString(CultureInfo.InvariantCulture),
            };
        }
    }
}
