using System.Text;
using System.Text.RegularExpressions;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of one text. Case of the letters A to Z does not count, as in SQLite's LIKE; in a value with other letters than those
/// theirs does not count either.</summary>
internal sealed class TextMatcher
{
    private readonly FilterRegex? _regex;
    private readonly bool _ascii;

    public TextMatcher(TextTest test, string value, RegexOptions options)
    {
        Test = test;
        Value = value;
        _ascii = Ascii.IsValid(value);
        _regex = test switch
        {
            TextTest.Regex => FilterRegex.Create(value, options),
            TextTest.RegexIgnoringCase or TextTest.ContainsOrRegex => FilterRegex.Create(value, options | RegexOptions.IgnoreCase),
            _ => null,
        };
    }

    public TextTest Test { get; }

    public string Value { get; }

    /// <summary>Whether SQLite's own operators give the same answer.</summary>
    public bool IsPlain => _regex is null && _ascii;

    /// <summary>Whether the text passes. For "is not" it says whether the text is the value: who asks negates the whole.</summary>
    public bool Matches(string text, RegexBudget? budget) => Test switch
    {
        TextTest.Contains => Contains(text),
        TextTest.Equal or TextTest.NotEqual => text.Length == Value.Length && Contains(text),
        TextTest.ContainsOrRegex => Contains(text) || _regex!.IsMatch(text, budget),
        _ => _regex!.IsMatch(text, budget),
    };

    private bool Contains(ReadOnlySpan<char> text)
    {
        if (Value.Length == 0)
        {
            return true;
        }

        if (!_ascii)
        {
            return text.Contains(Value, StringComparison.OrdinalIgnoreCase);
        }

        // Only ASCII is folded: OrdinalIgnoreCase would also take U+017F for an s.
        var (lower, upper) = (char.ToLowerInvariant(Value[0]), char.ToUpperInvariant(Value[0]));
        while (text.Length >= Value.Length)
        {
            var at = text[..(text.Length - Value.Length + 1)].IndexOfAny(lower, upper);
            if (at < 0)
            {
                return false;
            }

            if (Ascii.EqualsIgnoreCase(text.Slice(at, Value.Length), Value))
            {
                return true;
            }

            text = text[(at + 1)..];
        }

        return false;
    }
}
