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
            WriteTest(sql, texts[i].Sql);
            sql.Append(", 0)");
        }

        sql.Append("))");
    }

    private void WriteTest(FilterSql sql, string text)
    {
        if (!matcher.IsPlain)
        {
            sql.Append(FilterFunctions.Text).Append("(").Append(number).Append(", ").Append(text).Append(")");
        }
        else if (matcher.Test == TextTest.Contains)
        {
            sql.Append(text).Append(" LIKE ").Parameter($"%{EscapeLike(matcher.Value)}%").Append(" ESCAPE '\\'");
        }
        else
        {
            sql.Append(text).Append(" = ").Parameter(matcher.Value).Append(" COLLATE NOCASE");
        }
    }

    private static string EscapeLike(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
