using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>All of several conditions, or one of them. Those that only need the row are asked first: they cost least.</summary>
internal sealed class JoinedCondition(IEnumerable<FilterCondition> conditions, bool all) : FilterCondition
{
    private readonly FilterCondition[] _conditions = conditions.OrderBy(condition => condition.NeedsContent).ToArray();

    public override bool NeedsContent => _conditions[^1].NeedsContent;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget)
    {
        foreach (var condition in _conditions)
        {
            if (condition.Matches(row, content, budget) != all)
            {
                return !all;
            }
        }

        return all;
    }

    public override void Write(FilterSql sql)
    {
        for (var i = 0; i < _conditions.Length; i++)
        {
            sql.Append(i == 0 ? "(" : all ? " AND " : " OR ");
            _conditions[i].Write(sql);
        }

        sql.Append(")");
    }
}
