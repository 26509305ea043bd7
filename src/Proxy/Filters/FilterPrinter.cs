using System.Text;

namespace MitmWeb.Proxy.Filters;

/// <summary>Writes a tree as text in the spelling of fields; reading it gives the same tree.</summary>
public static class FilterPrinter
{
    /// <summary>The tree as text; empty for every flow.</summary>
    public static string Print(FilterNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node is EverythingNode ? "" : Term(node, inAnd: false);
    }

    private static string Term(FilterNode node, bool inAnd) => node switch
    {
        EverythingNode => "~all",
        OrNode or => Parentheses(string.Join(" | ", or.Terms.Select(term => Term(term, inAnd: false))), inAnd),
        AndNode and => string.Join(' ', and.Terms.Select(term => Term(term, inAnd: true))),
        NotNode { Term: OrNode or AndNode } not => $"!({Term(not.Term, inAnd: false)})",
        NotNode not => "!" + Term(not.Term, inAnd: true),
        FlagNode flag => FilterOperators.Info(flag.Flag) is { Is.Length: > 0 } info ? $"is:{info.Is}" : $"~{FilterOperators.Info(flag.Flag).Operator}",
        TextNode text => Text(text),
        ViewNode view => $"view:{Word(view.Name)}",
        NumberNode number => Number(number),
        TimeNode time => Time(time),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "Not a node of a filter."),
    };

    private static string Parentheses(string text, bool wanted) => wanted ? $"({text})" : text;

    private static string Text(TextNode node)
    {
        var field = FilterFields.Info(node.Field).Name + (node.Name is null ? "" : "." + node.Name);
        return node.Test switch
        {
            TextTest.ContainsOrRegex => Quote(node.Value),
            TextTest.Contains => $"{field}:{Word(node.Value)}",
            TextTest.Equal => $"{field}={Word(node.Value)}",
            TextTest.NotEqual => $"{field}!={Word(node.Value)}",
            TextTest.Regex => $"{field}:/{EscapeSlashes(node.Value)}/",
            _ => $"{field}:/{EscapeSlashes(node.Value)}/i",
        };
    }

    private static string Number(NumberNode node)
    {
        var info = FilterFields.Info(node.Field);
        return $"{info.Name}{Sign(node.Test)}{Range(node.From, node.To, value => FilterNumbers.Write(info.Kind, value))}";
    }

    private static string Time(TimeNode node)
    {
        var sign = node is { Test: NumberTest.In, From.IsRelative: true } && node.From == node.To ? "=" : Sign(node.Test);
        return $"time{sign}{(node.From == node.To ? FilterTimes.Write(node.From) : Ends(node.From, node.To))}";

        static string Ends(FilterTime from, FilterTime to) =>
            $"{(from == FilterTime.Earliest ? "" : FilterTimes.Write(from))}..{(to == FilterTime.Latest ? "" : FilterTimes.Write(to))}";
    }

    private static string Range(long from, long to, Func<long, string> write) =>
        from == to ? write(from) : $"{(from == long.MinValue ? "" : write(from))}..{(to == long.MaxValue ? "" : write(to))}";

    private static string Sign(NumberTest test) => test switch
    {
        NumberTest.In => ":",
        NumberTest.NotIn => "!=",
        NumberTest.Greater => ">",
        NumberTest.GreaterOrEqual => ">=",
        NumberTest.Less => "<",
        _ => "<=",
    };

    /// <summary>A value, in quotes where it needs them.</summary>
    public static string Word(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') ? value : Quote(value);

    private static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string EscapeSlashes(string pattern)
    {
        var escaped = new StringBuilder(pattern.Length + 4);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                escaped.Append(pattern[i++]);
            }
            else if (pattern[i] == '/')
            {
                escaped.Append('\\');
            }

            escaped.Append(pattern[i]);
        }

        return escaped.ToString();
    }
}
