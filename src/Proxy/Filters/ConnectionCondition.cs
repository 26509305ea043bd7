using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of a flow's connections: one that passes is enough. SQL calls back with their ids, and the answers are remembered.</summary>
/// <param name="test">The test of one connection.</param>
/// <param name="negated">Whether none may pass instead.</param>
/// <param name="number">The test's number, by which SQL asks for it.</param>
internal sealed class ConnectionCondition(Func<FilterConnection, RegexBudget?, bool> test, bool negated, int number) : FilterCondition
{
    public override bool NeedsContent => true;

    public override FilterNeed Need => FilterNeed.Content;

    public override bool Matches(FlowRow row, FilterContent? content, RegexBudget? budget)
    {
        var given = content ?? throw new InvalidOperationException("This filter needs more than the row.");
        return (Passes(given.Client, budget) || Passes(given.Server, budget)) != negated;
    }

    /// <summary>Whether this connection passes, before the answer is negated.</summary>
    public bool Passes(FilterConnection? connection, RegexBudget? budget) => connection is not null && test(connection, budget);

    public override void Write(FilterSql sql) => sql.Append(negated ? "(NOT " : "(").Append(FilterFunctions.Connections).Append("(").Append(number)
        .Append(", client_connection_id, server_connection_id))");
}
