using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of a number of the list's row.</summary>
/// <param name="read">The number, null where there is none.</param>
/// <param name="column">The same as SQL.</param>
/// <param name="range">The numbers that pass.</param>
internal sealed class RowNumberCondition(Func<FlowRow, long?> read, string column, NumberRange range) : FilterCondition
{
    public override bool NeedsContent => false;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget) =>
        (read(row) is { } number && number >= range.From && number <= range.To) != range.Negated;

    public override void Write(FilterSql sql)
    {
        sql.Append(range.Negated ? "(NOT coalesce(" : "(coalesce(").Append(column)
            .Append(" BETWEEN ").Parameter(range.From).Append(" AND ").Parameter(range.To).Append(", 0))");
    }
}
