using System.Text;
using System.Text.RegularExpressions;
using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Sql;

/// <summary>Makes of SQLite's words about a wrong statement a sentence for people, and finds the place that they mean: SQLite tells no
/// position before version 3.38.</summary>
internal static partial class SqlErrorPlace
{
    /// <summary>What to tell about a statement that could not be prepared.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="read">How many bytes of it SQLite had read.</param>
    /// <param name="message">What SQLite says.</param>
    /// <param name="guard">What was refused.</param>
    public static SqlException Describe(string sql, int read, string message, SqlGuard guard)
    {
        if (guard.Refusal is { } refusal)
        {
            return At(FindWord(sql, guard.RefusedWord ?? ""), refusal, null);
        }

        if (message.StartsWith("incomplete input", StringComparison.Ordinal))
        {
            return At((sql.TrimEnd().Length, 0), "The statement is not complete: something is missing at its end.", null);
        }

        if (WrongToken().Match(message) is { Success: true } token)
        {
            var word = token.Groups[1].Value;
            var end = Encoding.UTF8.GetCharCount(Encoding.UTF8.GetBytes(sql).AsSpan(0, Math.Min(read, Encoding.UTF8.GetByteCount(sql))));
            var begin = end - word.Length;
            var place = begin >= 0 && sql.AsSpan(begin).StartsWith(word, StringComparison.Ordinal) ? (begin, word.Length) : FindWord(sql, word);
            return At(place, message.StartsWith("unrec", StringComparison.Ordinal) ? $"“{word}” is no part of SQL." : $"“{word}” is not expected here.", null);
        }

        if (ChangedView().Match(message) is { Success: true } view)
        {
            var word = view.Groups[1].Value;
            return At(FindWord(sql, word), $"Statements only read here: {word} cannot be changed. To change a session use the dashboard.", null);
        }

        if (WrongName().Match(message) is { Success: true } name)
        {
            var (kind, full) = (name.Groups[1].Value, name.Groups[2].Value);
            var word = full.Split('.')[^1];
            var nearest = kind switch
            {
                "no such table" => NearestWord.Find(word, SqlViews.All.Select(view => view.Name)),
                "no such column" => NearestWord.Find(word, SqlViews.All.SelectMany(view => view.Columns).Select(column => column.Name).Distinct()),
                _ => null,
            };
            var sentence = kind switch
            {
                "no such table" => $"There is no table or view {full}.",
                "no such column" => $"There is no column {full}.",
                "no such function" => $"There is no function {full}.",
                "ambiguous column name" => $"More than one of the tables has a column {full}; write the table's name and a dot before it.",
                _ => $"{char.ToUpperInvariant(message[0])}{message[1..]}.",
            };
            return At(FindWord(sql, word), nearest is null ? sentence : $"{sentence} Did you mean {nearest}?", nearest);
        }

        return new SqlException($"{char.ToUpperInvariant(message[0])}{message[1..].TrimEnd('.')}.");
    }

    private static SqlException At((int Position, int Length)? place, string sentence, string? suggestion) => new(sentence)
    {
        Position = place?.Position,
        Length = place?.Length ?? 0,
        Suggestion = suggestion,
    };

    /// <summary>The first place where a word stands by itself, outside texts and comments.</summary>
    private static (int Position, int Length)? FindWord(string sql, string word)
    {
        foreach (Match match in Tokens().Matches(sql))
        {
            var token = match.Value;
            var bare = token.Length > 1 && token[0] is '"' or '`' or '[' ? token[1..^1] : token;
            if (bare.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return (match.Index, token.Length);
            }
        }

        return null;
    }

    [GeneratedRegex("^cannot modify (.+) because it is a view$")]
    private static partial Regex ChangedView();

    [GeneratedRegex("^(?:near|unrecognized token:) \"(.*)\"(?:: syntax error)?$", RegexOptions.Singleline)]
    private static partial Regex WrongToken();

    [GeneratedRegex(@"^(no such (?:table|column|function)|ambiguous column name|wrong number of arguments to function|misuse of (?:aggregate|window function|aliased aggregate))(?:: | )([^\s(]+)")]
    private static partial Regex WrongName();

    /// <summary>Texts and comments as one piece each, so that nothing inside is taken for a word.</summary>
    [GeneratedRegex("""'(?:[^']|'')*'|--[^\n]*|/\*.*?(?:\*/|\z)|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|[\p{L}_][\p{L}\p{N}_$]*|\S""", RegexOptions.Singleline)]
    private static partial Regex Tokens();
}
