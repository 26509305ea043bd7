using MitmWeb.Proxy.Filters;
using MitmWeb.Web.Filters;

namespace MitmWeb.Web.Api;

/// <summary>The filters that are kept for all dashboards. Changes of it are pushed over the hub as <c>savedFilters</c>.</summary>
/// <param name="Views">The views, which filters use as <c>view:name</c>.</param>
/// <param name="Highlights">What is shown in colours; the first that matches a flow counts.</param>
/// <param name="Problem">Why what was saved before is not there; null when it is.</param>
public sealed record SavedFiltersDto(IReadOnlyList<SavedViewDto> Views, IReadOnlyList<HighlightDto> Highlights, string? Problem)
{
    internal static SavedFiltersDto Of(SavedFilterLibrary library) => new(
        [.. library.Saved.Views.Select(view =>
            FlowFilter.TryParse(view.Filter, out var filter, out var error, language: library.Language, within: view.Name)
                ? new SavedViewDto(view.Name, view.Filter, filter.Description, null)
                : new SavedViewDto(view.Name, view.Filter, null, error.Message))],
        [.. library.Saved.Highlights.Select(rule => new HighlightDto(
            rule.Filter,
            rule.Color,
            rule.IsEnabled,
            FlowFilter.TryParse(rule.Filter, out _, out var error, language: library.Language) ? null : error.Message))],
        library.Problem);
}
