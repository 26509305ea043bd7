using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of header lines or cookies. SQL calls back with the heads' bytes.</summary>
/// <param name="test">The test of a flow at hand.</param>
/// <param name="number">The number of the same test on bytes, by which SQL asks for it.</param>
internal sealed class HeadCondition(Func<FilterContent, RegexBudget?, bool> test, int number) : FilterCondition
{
    public override bool NeedsContent => true;

    public override FilterNeed Need => FilterNeed.Content;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget) =>
        test(content ?? throw new InvalidOperationException("This filter needs more than the row."), budget);

    public override void Write(FilterSql sql) => sql.Append(FilterFunctions.Heads).Append("(").Append(number)
        .Append(", request_head, request_trailers, response_head, response_trailers)");
}
