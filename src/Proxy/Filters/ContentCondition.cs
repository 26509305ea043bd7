using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of bodies. In SQL it is a call back into this very test, with the flow's id.</summary>
/// <param name="test">The test.</param>
/// <param name="number">Its number, by which SQL asks for it.</param>
/// <param name="texts">Texts of which one is in every body that passes, in whatever case; null when there are none that are certain.</param>
/// <param name="words">Words of which each that is in a body makes it pass, as the index of bodies has them; null when there are none.</param>
internal sealed class ContentCondition(
    Func<FilterContent, RegexBudget?, bool> test, int number, IReadOnlyList<string>? texts, IReadOnlyList<string>? words) : FilterCondition
{
    /// <summary>Texts of which one is in every body that passes, in whatever case; null when there are none that are certain.</summary>
    public IReadOnlyList<string>? Texts => texts;

    /// <summary>Words of which each that is in a body makes it pass, as the index of bodies has them; null when there are none.</summary>
    public IReadOnlyList<string>? Words => words;

    public override bool NeedsContent => true;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget) =>
        test(content ?? throw new InvalidOperationException("This filter needs more than the row."), budget);

    public bool Matches(FilterContent content, RegexBudget? budget) => test(content, budget);

    public override long[]? Among(Func<int, long[]?> flows) => flows(number);

    public override void Write(FilterSql sql) => sql.Append(FilterFunctions.Bodies).Append("(").Append(number).Append(", flow.id)");
}
