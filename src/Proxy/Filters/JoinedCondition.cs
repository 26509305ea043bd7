using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>All of several conditions, or one of them. Those that need least are asked first.</summary>
internal sealed class JoinedCondition(IEnumerable<FilterCondition> conditions, bool all) : FilterCondition
{
    private readonly FilterCondition[] _conditions = conditions.OrderBy(condition => condition.Need).ToArray();

    public override bool NeedsContent => Need > FilterNeed.Row;

    public override FilterNeed Need => _conditions[^1].Need;

    public override bool NamesContent => Array.Exists(_conditions, condition => condition.NamesContent);

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
