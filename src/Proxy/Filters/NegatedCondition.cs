using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>Not the condition.</summary>
internal sealed class NegatedCondition(FilterCondition condition) : FilterCondition
{
    public override bool NeedsContent => condition.NeedsContent;

    public override FilterNeed Need => condition.Need;

    public override bool NamesContent => condition.NamesContent;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget) => !condition.Matches(row, content, budget);

    public override void Write(FilterSql sql)
    {
        sql.Append("(NOT ");
        condition.Write(sql);
        sql.Append(")");
    }
}
