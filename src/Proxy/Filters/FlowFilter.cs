using System.Diagnostics.CodeAnalysis;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>
/// Which flows are wanted, in the filter language (docs/filters.md). It is a predicate for flows at hand and SQL for stored ones; the two always
/// agree. It does not change, and any number of threads may use it.
/// </summary>
public sealed class FlowFilter
{
    /// <summary>The longest filter text.</summary>
    public const int MaxLength = FilterParser.MaxLength;

    private readonly FilterCondition _condition;
    private readonly TextMatcher[] _texts;
    private readonly HeadTest[] _heads;
    private readonly ConnectionCondition[] _connections;
    private readonly ContentCondition[] _contents;

    private FlowFilter(string text, FilterNode tree, long now)
    {
        (Text, Tree) = (text, tree);
        var compiler = new FilterCompiler(now);
        _condition = compiler.Compile(tree);
        _texts = [.. compiler.Texts];
        _heads = [.. compiler.Heads];
        _connections = [.. compiler.Connections];
        _contents = [.. compiler.Contents];
    }

    /// <summary>The filter that every flow passes.</summary>
    public static FlowFilter Everything { get; } = new("", EverythingNode.Instance, 0);

    /// <summary>The filter as it was written.</summary>
    public string Text { get; }

    /// <summary>What it says.</summary>
    public FilterNode Tree { get; }

    /// <summary>Whether every flow passes.</summary>
    public bool IsEmpty => Tree is EverythingNode;

    /// <summary>Whether heads, bodies or connections must be looked at, so that a row is not enough.</summary>
    public bool NeedsContent => _condition.NeedsContent;

    /// <summary>What it says, in a sentence of plain English.</summary>
    public string Description => FilterDescription.Of(Tree);

    /// <summary>Reads a filter.</summary>
    /// <param name="text">The text; null and white space are every flow.</param>
    /// <param name="filter">The filter, when it could be read.</param>
    /// <param name="error">What is wrong, when it could not.</param>
    /// <param name="time">The clock: relative times count from now, and times without a zone are in its local one. Null for the system's.</param>
    /// <param name="language">The saved views, and the case of <c>~</c> operators; null for none, and for case that does not count.</param>
    /// <param name="within">The view whose filter the text is to become, which it cannot use; null for none.</param>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out FlowFilter? filter,
        [NotNullWhen(false)] out FilterError? error,
        TimeProvider? time = null,
        FilterLanguage? language = null,
        string? within = null)
    {
        time ??= TimeProvider.System;
        var now = time.GetUtcNow();
        var parser = new FilterParser(text ?? "", now, time.LocalTimeZone, language ?? FilterLanguage.Plain, within is null ? [] : [within]);
        var tree = parser.Parse();
        (filter, error) = (null, parser.Error);
        if (tree is null)
        {
            error ??= new FilterError(0, text?.Length ?? 0, "The filter cannot be read.");
            return false;
        }

        filter = tree is EverythingNode && string.IsNullOrWhiteSpace(text) ? Everything : new FlowFilter(text!, tree, Microseconds.FromTime(now));
        return true;
    }

    /// <summary>Whether the flow passes.</summary>
    /// <exception cref="InvalidOperationException">The filter needs more than the row (<see cref="NeedsContent"/>).</exception>
    /// <exception cref="FilterException">A regular expression takes too long.</exception>
    public bool Matches(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return _condition.Matches(row, null, null);
    }

    /// <summary>Whether the flow passes.</summary>
    /// <exception cref="FilterException">A regular expression takes too long.</exception>
    public bool Matches(FlowRow row, FilterContent content)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(content);
        return _condition.Matches(row, content, null);
    }

    /// <summary>Whether bodies must be looked at.</summary>
    internal bool NeedsBodies => _condition.Need == FilterNeed.Bodies;

    /// <summary>How many tests SQL may call back with <see cref="FilterFunctions.Value"/>.</summary>
    internal int TextTests => _texts.Length;

    /// <summary>How many tests SQL may call back with <see cref="FilterFunctions.Connections"/>.</summary>
    internal int ConnectionTests => _connections.Length;

    /// <summary>What the condition of <see cref="Sql"/> is about: rows of <c>flow</c>, with their content where it looks at that.</summary>
    /// <param name="flow">The table, or another source of its rows that is called so.</param>
    internal string From(string flow = "flow") => _condition.NamesContent ? $"{flow} LEFT JOIN content ON content.flow_id = flow.id" : flow;

    /// <summary>The condition on a row of <see cref="From"/>, an expression that is 0 or 1; its parameters begin at <paramref name="firstParameter"/>.</summary>
    internal string Sql(int firstParameter) => Write(firstParameter).ToString();

    /// <summary>Binds what <see cref="Sql"/> left open.</summary>
    internal void Bind(Statement statement, int firstParameter)
    {
        foreach (var value in Write(firstParameter).Values)
        {
            if (value is long number)
            {
                statement.Bind(firstParameter++, number);
            }
            else
            {
                statement.Bind(firstParameter++, (string)value);
            }
        }
    }

    /// <summary>The test that SQL calls back with <see cref="FilterFunctions.Text"/> and its like.</summary>
    internal TextMatcher TextTest(int number) => _texts[number];

    /// <summary>What SQL calls back with <see cref="FilterFunctions.Heads"/>.</summary>
    internal HeadTest HeadTest(int number) => _heads[number];

    /// <summary>What SQL calls back with <see cref="FilterFunctions.Connections"/>.</summary>
    internal ConnectionCondition ConnectionTest(int number) => _connections[number];

    /// <summary>What SQL calls back with <see cref="FilterFunctions.Bodies"/>.</summary>
    internal bool TestBodies(int number, FilterContent content, RegexBudget budget) => _contents[number].Matches(content, budget);

    /// <summary>How many tests of bodies there are.</summary>
    internal int BodyTests => _contents.Length;

    /// <summary>Texts of which one is in every body that a test passes, in whatever case; null when there are none that are certain.</summary>
    internal IReadOnlyList<string>? BodyTexts(int test) => _contents[test].Texts;

    /// <summary>Words of which each that is in a body makes it pass a test, as the index has them; null when there are none.</summary>
    internal IReadOnlyList<string>? BodyWords(int test) => _contents[test].Words;

    /// <summary>The flows among which all are that pass, in the order of their ids; null when these may be any.</summary>
    /// <param name="flows">The same for each test of bodies.</param>
    internal long[]? Among(Func<int, long[]?> flows) => _condition.Among(flows);

    private FilterSql Write(int firstParameter)
    {
        var sql = new FilterSql(firstParameter);
        _condition.Write(sql);
        return sql;
    }
}
