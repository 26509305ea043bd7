using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of bodies. In SQL it is a call back into this very test, with the flow's id.</summary>
/// <param name="test">The test.</param>
/// <param name="number">Its number, by which SQL asks for it.</param>
internal sealed class ContentCondition(Func<FilterContent, RegexBudget?, bool> test, int number) : FilterCondition
{
    public override bool NeedsContent => true;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget) =>
        test(content ?? throw new InvalidOperationException("This filter needs more than the row."), budget);

    public bool Matches(FilterContent content, RegexBudget? budget) => test(content, budget);

    public override void Write(FilterSql sql) => sql.Append(FilterFunctions.Bodies).Append("(").Append(number).Append(", flow.id)");
}
