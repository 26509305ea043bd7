using System.Globalization;

namespace MitmWeb.Proxy.Filters;

/// <summary>Says in plain English what a filter wants.</summary>
internal static class FilterDescription
{
    /// <summary>The sentence: "Flows where the host contains “example” and the status is 400 to 499."</summary>
    public static string Of(FilterNode node)
    {
        if (node is EverythingNode)
        {
            return "All flows.";
        }

        var missing = Missing(node).Distinct().ToArray();
        var sentence = $"Flows where {Say(node, nested: false)}.";
        return missing.Length == 0 ? sentence : $"{sentence} ({string.Join("; ", missing)}.)";
    }

    private static string Say(FilterNode node, bool nested) => node switch
    {
        EverythingNode => "anything holds",
        AndNode and => Join(and.Terms, " and ", nested),
        OrNode or => Join(or.Terms, " or ", nested),
        NotNode { Term: FlagNode flag } => Negative(FilterOperators.Info(flag.Flag).Phrase),
        NotNode not => $"it is not so that {Say(not.Term, nested: true)}",
        FlagNode flag => $"the flow {FilterOperators.Info(flag.Flag).Phrase}",
        TextNode text => Text(text),
        ViewNode { Filter: EverythingNode } view => $"anything holds (view “{view.Name}”)",
        ViewNode view => $"{Say(view.Filter, nested: view.Filter is AndNode or OrNode)} (view “{view.Name}”)",
        NumberNode number => Number(number),
        TimeNode time => Time(time),
        _ => "",
    };

    private static string Join(IReadOnlyList<FilterNode> terms, string word, bool nested)
    {
        var text = string.Join(word, terms.Select(term => Say(term, nested: true)));
        return nested ? $"({text})" : text;
    }

    private static string Negative(string phrase) => phrase switch
    {
        _ when phrase.StartsWith("is ", StringComparison.Ordinal) => $"the flow is not {phrase[3..]}",
        _ when phrase.StartsWith("was ", StringComparison.Ordinal) => $"the flow was not {phrase[4..]}",
        _ when phrase.StartsWith("has no ", StringComparison.Ordinal) => $"the flow has a response",
        _ when phrase.StartsWith("has ", StringComparison.Ordinal) => $"the flow does not have {phrase[4..]}",
        _ => $"the flow has not {phrase}",
    };

    private static string Text(TextNode node)
    {
        var info = FilterFields.Info(node.Field);
        var what = (info.Field, node.Name) switch
        {
            (FilterField.Header, not null) => $"the header {node.Name}",
            (FilterField.RequestHeader, not null) => $"the request's header {node.Name}",
            (FilterField.ResponseHeader, not null) => $"the response's header {node.Name}",
            (FilterField.Cookie, not null) => $"the cookie {node.Name}",
            (FilterField.Meta, not null) => $"the note {node.Name}",
            _ => info.Phrase,
        };
        return node.Test switch
        {
            TextTest.Contains => $"{what} contains “{node.Value}”",
            TextTest.Equal => $"{what} is “{node.Value}”",
            TextTest.NotEqual => $"{what} is not “{node.Value}”",
            TextTest.Regex => $"{what} matches /{node.Value}/ in this case",
            TextTest.RegexIgnoringCase => $"{what} matches /{node.Value}/",
            _ => $"{what} contains “{node.Value}” or matches it as a regular expression",
        };
    }

    private static string Number(NumberNode node)
    {
        var info = FilterFields.Info(node.Field);
        return $"{info.Phrase} {Compare(node.Test, node.From == node.To, Say(node.From), Say(node.To), node.From == long.MinValue, node.To == long.MaxValue)}";

        string Say(long value) => info.Kind == FieldKind.Number ? value.ToString(CultureInfo.InvariantCulture) : FilterNumbers.Say(info.Kind, value);
    }

    private static string Time(TimeNode node)
    {
        var (from, to) = (node.From, node.To);
        var (open, end) = (from == FilterTime.Earliest, to == FilterTime.Latest);
        return node.Test switch
        {
            NumberTest.Greater => $"it began after {FilterTimes.Say(to)}",
            NumberTest.GreaterOrEqual => $"it began at {FilterTimes.Say(from)} or later",
            NumberTest.Less => $"it began before {FilterTimes.Say(from)}",
            NumberTest.LessOrEqual => $"it began at {FilterTimes.Say(to)} or earlier",
            _ => $"it {(node.Test == NumberTest.In ? "began" : "did not begin")} " + (open, end) switch
            {
                (true, _) => $"until {FilterTimes.Say(to)}",
                (_, true) => $"since {FilterTimes.Say(from)}",
                _ when from == to => $"at {FilterTimes.Say(from)}",
                _ => $"between {FilterTimes.Say(from)} and {FilterTimes.Say(to)}",
            },
        };
    }

    private static string Compare(NumberTest test, bool single, string from, string to, bool open, bool end) => test switch
    {
        NumberTest.Greater => $"is more than {to}",
        NumberTest.GreaterOrEqual => $"is at least {from}",
        NumberTest.Less => $"is less than {from}",
        NumberTest.LessOrEqual => $"is at most {to}",
        _ => (test == NumberTest.In ? "is " : "is not ") + (single, open, end) switch
        {
            (true, _, _) => from,
            (_, true, _) => $"at most {to}",
            (_, _, true) => $"at least {from}",
            _ => $"{from} to {to}",
        },
    };

    /// <summary>Why parts of it cannot match yet.</summary>
    private static IEnumerable<string> Missing(FilterNode node) => node switch
    {
        AndNode and => and.Terms.SelectMany(Missing),
        OrNode or => or.Terms.SelectMany(Missing),
        NotNode not => Missing(not.Term),
        ViewNode view => Missing(view.Filter),
        FlagNode flag when FilterOperators.Info(flag.Flag).Missing is { } reason => [reason],
        TextNode text when FilterFields.Info(text.Field).Missing is { } reason => [reason],
        _ => [],
    };
}
