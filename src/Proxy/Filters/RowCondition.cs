using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>Something that can be told from the list's row.</summary>
/// <param name="test">The predicate.</param>
/// <param name="expression">The same as SQL: an expression that is 0 or 1.</param>
internal sealed class RowCondition(Func<FlowRow, bool> test, string expression) : FilterCondition
{
    public override bool NeedsContent => false;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget) => test(row);

    public override void Write(FilterSql sql) => sql.Append("(").Append(expression).Append(")");
}
