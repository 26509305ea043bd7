using System.Buffers;
using System.Text.RegularExpressions;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>What could be written at a place of a filter.</summary>
/// <param name="Start">Where the part begins that a completion replaces.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Items">The completions, the likeliest first.</param>
public sealed record FilterCompletions(int Start, int Length, IReadOnlyList<FilterCompletion> Items)
{
    private const int MaxItems = 50;

    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\"'()|&,");

    /// <summary>Finds what could be written.</summary>
    /// <param name="text">The filter, which need not be whole.</param>
    /// <param name="cursor">Where the cursor stands in it.</param>
    /// <param name="seen">What flows have.</param>
    /// <param name="views">The saved views.</param>
    public static FilterCompletions At(string text, int cursor, ISeenValues seen, IReadOnlyList<SavedView>? views = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(seen);
        cursor = Math.Clamp(cursor, 0, text.Length);
        var (start, previous) = Word(text, cursor);
        var end = cursor;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not (')' or '|' or '&' or '"' or '\''))
        {
            end++;
        }

        var word = text[start..cursor];
        if (word.StartsWith('~'))
        {
            return Of(start, end, Operators(word[1..]));
        }

        if (previous is ['~', ..] && FilterOperators.Find(previous[1..]) is { Field: { } argument, Name: null })
        {
            var isRegex = FilterFields.Info(argument).Kind == FieldKind.Text;
            return Of(start, end, Values(seen.Values(argument, null, Unquote(word)), value => QuoteIfNeeded(isRegex ? Regex.Escape(value) : value)));
        }

        var sign = word.AsSpan().IndexOfAny(':', '=');
        if (sign > 0)
        {
            var field = word[..sign].TrimEnd('!').Split('.', 2);
            var (name, inner) = (field[0], field.ElementAtOrDefault(1));
            var from = start + Math.Max(sign, word.LastIndexOf(',')) + 1;
            var part = Unquote(text[from..cursor]);
            return name.Equals("is", StringComparison.OrdinalIgnoreCase)
                ? Of(from, end, Flags(part))
                : name.Equals("view", StringComparison.OrdinalIgnoreCase) ? Of(from, end, Views(part, views ?? []))
                : FilterFields.Find(name) is { } info
                    ? Of(from, end, Values(seen.Values(info.Field, inner, part), QuoteIfNeeded))
                    : Of(from, end, []);
        }

        var dot = word.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && FilterFields.Find(word[..dot]) is { Named: not FieldName.None } named)
        {
            return Of(start + dot + 1, end, Names(seen.Names(named.Field, word[(dot + 1)..])));
        }

        return Of(start, end, Fields(word, seen, views is { Count: > 0 }));
    }

    private static FilterCompletions Of(int start, int end, IEnumerable<FilterCompletion> items) => new(start, end - start, items.Take(MaxItems).ToArray());

    /// <summary>Where the word at the cursor begins, and the word before it.</summary>
    private static (int Start, string Previous) Word(string text, int cursor)
    {
        var (start, previous, at) = (0, "", 0);
        while (at < cursor)
        {
            var c = text[at];
            if (c is '"' or '\'')
            {
                // What is in quotes belongs to the word, white space and all.
                var close = at + 1;
                while (close < cursor && text[close] != c)
                {
                    close += text[close] == '\\' ? 2 : 1;
                }

                at = Math.Min(cursor, close + 1);
            }
            else if (char.IsWhiteSpace(c) || c is '(' or ')' or '|' or '&' or '!' && at + 1 < text.Length && text[at + 1] != '=')
            {
                previous = at > start ? text[start..at] : previous;
                start = ++at;
            }
            else
            {
                at++;
            }
        }

        if (start < cursor && text[start] == '-')
        {
            start++;
        }

        return (start, previous);
    }

    private static IEnumerable<FilterCompletion> Operators(string letters) => FilterOperators.All
        .Where(info => info.Operator.Length > 0 && info.Missing is null && info.Operator.StartsWith(letters, StringComparison.OrdinalIgnoreCase))
        .Select(info => new FilterCompletion($"~{info.Operator}{(info.Argument == OperatorArgument.None ? "" : " ")}", CompletionKind.Operator, info.Help, null));

    private static IEnumerable<FilterCompletion> Views(string part, IReadOnlyList<SavedView> views) => views
        .Where(view => view.Name.Contains(part, StringComparison.OrdinalIgnoreCase))
        .Select(view => new FilterCompletion(FilterPrinter.Word(view.Name), CompletionKind.Value, view.Filter, null));

    private static IEnumerable<FilterCompletion> Flags(string part) => FilterOperators.All
        .Where(info => info.Is.Length > 0 && info.Missing is null && info.Is.StartsWith(part, StringComparison.OrdinalIgnoreCase))
        .Select(info => new FilterCompletion(info.Is, CompletionKind.Value, info.Help, null));

    private static IEnumerable<FilterCompletion> Fields(string word, ISeenValues seen, bool hasViews)
    {
        if ("is".StartsWith(word, StringComparison.OrdinalIgnoreCase))
        {
            yield return new FilterCompletion("is:", CompletionKind.Field, "what the flow is: error, pending, asset, ws …", null);
        }

        if (hasViews && "view".StartsWith(word, StringComparison.OrdinalIgnoreCase))
        {
            yield return new FilterCompletion("view:", CompletionKind.Field, "a saved filter by its name", null);
        }

        foreach (var info in FilterFields.All.Where(info => info.Missing is null && info.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase)))
        {
            var sign = info.Named == FieldName.Required ? "." : info.Kind is FieldKind.Size or FieldKind.Duration or FieldKind.Time ? ">" : ":";
            yield return new FilterCompletion(info.Name + sign, CompletionKind.Field, info.Help, null);
            if (info.Named == FieldName.Optional)
            {
                yield return new FilterCompletion(info.Name + ".", CompletionKind.Field, info.Help, null);
            }
        }

        if (word.Length == 0)
        {
            foreach (var item in Operators(""))
            {
                yield return item;
            }

            yield break;
        }

        foreach (var host in seen.Values(FilterField.Host, null, word).Take(8))
        {
            yield return new FilterCompletion("host:" + QuoteIfNeeded(host.Value), CompletionKind.Value, "", host.Count);
        }
    }

    private static IEnumerable<FilterCompletion> Values(IReadOnlyList<SeenValue> seen, Func<string, string> write) =>
        seen.Select(value => new FilterCompletion(write(value.Value), CompletionKind.Value, "", value.Count));

    /// <summary>Those that the language can write; a value comes next.</summary>
    private static IEnumerable<FilterCompletion> Names(IReadOnlyList<SeenValue> seen) => seen
        .Where(name => name.Value.All(FilterParser.IsNameCharacter))
        .Select(name => new FilterCompletion(name.Value + ":", CompletionKind.Field, "", name.Count));

    private static string Unquote(string text) => text.TrimStart('"', '\'');

    private static string QuoteIfNeeded(string value) =>
        !value.AsSpan().ContainsAny(Separators) && !value.StartsWith('/')
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
