using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of texts of which a flow has any number; one that passes is enough.</summary>
/// <param name="texts">The texts.</param>
/// <param name="matcher">The test.</param>
/// <param name="number">The test's number, by which SQL asks for it.</param>
internal sealed class RowTextsCondition(RowTexts texts, TextMatcher matcher, int number) : FilterCondition
{
    public override bool NeedsContent => false;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget) =>
        texts.Read(row).Any(text => matcher.Matches(text, budget)) != (matcher.Test == TextTest.NotEqual);

    public override void Write(FilterSql sql) => sql
        .Append(matcher.Test == TextTest.NotEqual ? "(NOT (" : "((")
        .Append($"flow.{texts.Column} IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(flow.{texts.Column}) WHERE coalesce(")
        .Append(FilterFunctions.Text).Append("(").Append(number).Append(", ").Append(texts.Sql).Append("), 0))))");
}
