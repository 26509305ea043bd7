using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MitmWeb.Proxy.Storage;

/// <summary>
/// Which flows are wanted: words that must all be found in the flow's address (<see cref="FlowRow.Url"/>). Case does not matter for
/// the letters A to Z. The predicate and the SQL always agree.
/// </summary>
public sealed class FlowFilter
{
    /// <summary>The longest filter text.</summary>
    public const int MaxLength = 2000;

    /// <summary>The most words in a filter.</summary>
    public const int MaxWords = 100;

    private readonly string[] _words;

    private FlowFilter(string text, string[] words)
    {
        Text = text;
        _words = words;
    }

    /// <summary>The filter that every flow passes.</summary>
    public static FlowFilter Everything { get; } = new("", []);

    /// <summary>The filter as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether every flow passes.</summary>
    public bool IsEmpty => _words.Length == 0;

    /// <summary>Reads a filter.</summary>
    /// <param name="text">The words, white space between them.</param>
    /// <param name="filter">The filter, when it could be read.</param>
    /// <param name="problem">One plain sentence, when it could not.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out FlowFilter? filter, [NotNullWhen(false)] out string? problem)
    {
        (filter, problem) = (null, null);
        text ??= "";
        if (text.Length > MaxLength)
        {
            problem = $"The filter is {text.Length} characters long; at most {MaxLength} are allowed.";
            return false;
        }

        // A NUL is never part of a stored address, and SQLite would end the pattern there.
        var words = text.Replace('\0', ListText.Replacement).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > MaxWords)
        {
            problem = $"The filter has {words.Length} words; at most {MaxWords} are allowed.";
            return false;
        }

        filter = words.Length == 0 ? Everything : new FlowFilter(text, words.Select(ListText.Clean).ToArray());
        return true;
    }

    /// <summary>Whether the flow passes.</summary>
    public bool Matches(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (IsEmpty)
        {
            return true;
        }

        var url = row.Url;
        foreach (var word in _words)
        {
            if (!ContainsIgnoringAsciiCase(url, word))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The condition on a row of <c>flow</c>; its parameters begin at <paramref name="firstParameter"/>.</summary>
    internal string Sql(int firstParameter)
    {
        if (IsEmpty)
        {
            return "1";
        }

        var sql = new StringBuilder();
        for (var i = 0; i < _words.Length; i++)
        {
            sql.Append(i == 0 ? "" : " AND ").Append(FlowUrl.Sql).Append(" LIKE ?").Append(firstParameter + i).Append(" ESCAPE '\\'");
        }

        return sql.ToString();
    }

    /// <summary>Binds what <see cref="Sql"/> left open.</summary>
    internal void Bind(Statement statement, int firstParameter)
    {
        for (var i = 0; i < _words.Length; i++)
        {
            statement.Bind(firstParameter + i, $"%{EscapeLike(_words[i])}%");
        }
    }

    private static string EscapeLike(string word) => word
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);

    /// <summary>As SQLite's LIKE: only A to Z are folded (https://www.sqlite.org/lang_expr.html#like).</summary>
    private static bool ContainsIgnoringAsciiCase(ReadOnlySpan<char> text, ReadOnlySpan<char> word)
    {
        var first = word[0];
        var (lower, upper) = (char.IsAsciiLetter(first) ? (char)(first | 0x20) : first, char.IsAsciiLetter(first) ? (char)(first & ~0x20) : first);
        while (text.Length >= word.Length)
        {
            var at = text[..(text.Length - word.Length + 1)].IndexOfAny(lower, upper);
            if (at < 0)
            {
                return false;
            }

            if (EqualsIgnoringAsciiCase(text.Slice(at, word.Length), word))
            {
                return true;
            }

            text = text[(at + 1)..];
        }

        return false;
    }

    private static bool EqualsIgnoringAsciiCase(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        for (var i = 0; i < one.Length; i++)
        {
            if (one[i] != other[i] && !(char.IsAsciiLetter(one[i]) && (one[i] ^ other[i]) == 0x20))
            {
                return false;
            }
        }

        return true;
    }
}
