using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>Help for those who write filters.</summary>
internal static class FilterEndpoints
{
    private const int MaxValues = 20;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/filter", Describe)
            .WithName("describeFilter")
            .WithSummary("What a filter says, or what is wrong with it, and what could be written at the cursor")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                FlowEndpoints.DescribeNumber(operation, "cursor", 0, FlowFilter.MaxLength);
                return Task.CompletedTask;
            });
        api.MapGet("/filter/help", (FilterLanguage language) => TypedResults.Ok(Help(language)))
            .WithName("getFilterHelp")
            .WithSummary("All operators and fields of the filter language");
    }

    private static Results<Ok<FilterDto>, ProblemHttpResult> Describe(
        RequestedSession session,
        FilterLanguage language,
        [Description("The filter.")] string? text,
        [Description("Where the cursor stands, in UTF-16 code units; without it there are no completions.")] string? cursor,
        CancellationToken cancellationToken)
    {
        text ??= "";
        FilterCompletionsDto? completions = null;
        if (!string.IsNullOrEmpty(cursor))
        {
            if (!int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > text.Length)
            {
                return ApiProblem.BadParameter($"“{cursor}” is not a place in the filter, which is a whole number from 0 to {text.Length}.");
            }

            var found = FilterCompletions.At(text, at, session.Store.SeenValues(MaxValues, cancellationToken), language.Saved.Views);
            completions = new FilterCompletionsDto(found.Start, found.Length, found.Items.Select(item => new FilterCompletionDto(item)).ToArray());
        }

        return TypedResults.Ok(FlowFilter.TryParse(text, out var filter, out var error, language: language)
            ? new FilterDto(filter.Description, null, completions)
            : new FilterDto(null, new FilterErrorDto(error), completions));
    }

    private static FilterHelpDto[] Help(FilterLanguage language)
    {
        var operators = FilterOperators.All.Select(info => new FilterHelpDto(
            info.Operator.Length == 0 ? "" : "~" + info.Operator,
            info.Is.Length > 0 ? $"is:{info.Is}" : info.Field is { } field ? $"{FilterFields.Info(field).Name}{(info.Name is null ? "" : "." + info.Name)}:" : "",
            info.Help,
            info.Example,
            info.Missing));
        var covered = FilterOperators.All.Where(info => info is { Field: not null, Name: null }).Select(info => info.Field!.Value).ToHashSet();
        var views = language.Saved.Views.Take(1)
            .Select(view => new FilterHelpDto("", "view:", "the saved filter of that name", $"view:{FilterPrinter.Word(view.Name)}", null));
        return [.. operators, .. views, .. FilterFields.All.Where(info => !covered.Contains(info.Field))
            .Select(info => new FilterHelpDto("", info.Name + ":", info.Help, info.Example, info.Missing))];
    }
}
