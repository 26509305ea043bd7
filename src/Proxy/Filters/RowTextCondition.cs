using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of texts of the list's row.</summary>
/// <param name="texts">The texts; one that passes is enough.</param>
/// <param name="matcher">The test.</param>
/// <param name="number">The test's number, by which SQL asks for it.</param>
internal sealed class RowTextCondition(RowText[] texts, TextMatcher matcher, int number) : FilterCondition
{
    public override bool NeedsContent => false;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget)
    {
        foreach (var text in texts)
        {
            if (text.Read(row) is { } value && matcher.Matches(value, budget))
            {
                return matcher.Test != TextTest.NotEqual;
            }
        }

        return matcher.Test == TextTest.NotEqual;
    }

    public override void Write(FilterSql sql)
    {
        sql.Append(matcher.Test == TextTest.NotEqual ? "(NOT (" : "((");
        for (var i = 0; i < texts.Length; i++)
        {
            sql.Append(i == 0 ? "coalesce(" : " OR coalesce(");
            WriteTest(sql, texts[i]);
            sql.Append(", 0)");
        }

        sql.Append("))");
    }

    private void WriteTest(FilterSql sql, RowText text)
    {
        if (matcher.IsPlainEquality && text.Function != FilterFunctions.Url)
        {
            sql.Append(text.Sql).Append(" = ").Parameter(matcher.Value).Append(" COLLATE NOCASE");
            return;
        }

        // Remembering answers costs more than a plain search.
        var function = text.Function == FilterFunctions.Value && !matcher.IsCostly ? FilterFunctions.Text : text.Function;
        sql.Append(function).Append("(").Append(number).Append(", ").Append(text.Sql).Append(")");
    }
}
