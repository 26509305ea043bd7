using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace MitmWeb.Proxy.Filters;

/// <summary>A test of one text. Case of the letters A to Z does not count, as in SQLite's LIKE; in a value with other letters than those
/// theirs does not count either.</summary>
internal sealed class TextMatcher
{
    private readonly FilterRegex? _regex;
    private readonly AsciiNeedle? _needle;
    private readonly string[][]? _branches;
    private readonly AsciiNeedle[][]? _literals;
    private readonly bool _literalsSuffice;
    private readonly AsciiNeedle[][]? _rawLiterals;

    public TextMatcher(TextTest test, string value, RegexOptions options)
    {
        Test = test;
        Value = value;
        _needle = Ascii.IsValid(value) ? new AsciiNeedle(value) : null;
        _regex = test switch
        {
            TextTest.Regex => FilterRegex.Create(value, options),
            TextTest.RegexIgnoringCase or TextTest.ContainsOrRegex => FilterRegex.Create(value, options | RegexOptions.IgnoreCase),
            _ => null,
        };
        var literals = _regex is null ? null : RegexLiterals.Of(value);
        _branches = literals?.Branches;
        _literals = _branches?.Select(texts => texts.Select(text => new AsciiNeedle(text)).ToArray()).ToArray();
        _literalsSuffice = literals is { IsWhole: true } && test != TextTest.Regex;
        _rawLiterals = test == TextTest.ContainsOrRegex ? null : Pieces(_regex is not null ? _branches : _needle is null ? null : [[value]]);
        IsOfOneLine = literals is { IsOfOneLine: true };
        IsExactInHead = test == TextTest.Contains && _needle is not null && value.Length > 0 && value == value.Trim()
            && !value.AsSpan().ContainsAnyInRange('\0', '\x1f') && !value.Contains(':', StringComparison.Ordinal);
    }

    public TextTest Test { get; }

    public string Value { get; }

    /// <summary>Texts of which one is in every text that passes, in whatever case; null when there are none that are certain.</summary>
    public IReadOnlyList<string>? Certain => Test switch
    {
        TextTest.Contains or TextTest.Equal => [Value],
        TextTest.Regex or TextTest.RegexIgnoringCase => _branches?.Select(branch => branch.MaxBy(text => text.Length)!).ToArray(),
        _ => null,
    };

    /// <summary>Texts of which each that is in a text, in whatever case, makes it pass; null when there are none that are certain.</summary>
    public IReadOnlyList<string>? Sufficient => Test switch
    {
        TextTest.Contains => [Value],
        TextTest.RegexIgnoringCase when _literalsSuffice => _branches!.Where(branch => branch.Length == 1).Select(branch => branch[0]).ToArray(),
        _ => null,
    };

    /// <summary>Whether SQLite's own <c>=</c> gives the same answer.</summary>
    public bool IsPlainEquality => (Test is TextTest.Equal or TextTest.NotEqual) && _needle is not null;

    /// <summary>Whether an answer costs so much that it is worth being remembered.</summary>
    public bool IsCostly => _regex is not null || _needle is null;

    /// <summary>Whether a header line as it was sent contains the value just when the line as it is shown does: the value cannot reach over the colon
    /// or into the white space around.</summary>
    public bool IsExactInHead { get; }

    /// <summary>Whether a regular expression is found in a text of several lines just when it is found in one of the lines (with ^ and $ as a line's).</summary>
    public bool IsOfOneLine { get; }

    /// <summary>Whether the text passes. For "is not" it says whether the text is the value: who asks negates the whole.</summary>
    public bool Matches(string text, RegexBudget? budget) => Matches(text.AsSpan(), budget);

    /// <inheritdoc cref="Matches(string,RegexBudget?)"/>
    public bool Matches(ReadOnlySpan<char> text, RegexBudget? budget) => Test switch
    {
        TextTest.Contains => Contains(text),
        TextTest.Equal or TextTest.NotEqual => text.Length == Value.Length && Contains(text),
        TextTest.ContainsOrRegex => Contains(text) || _regex!.IsMatch(text, budget),
        _ => _regex!.IsMatch(text, budget),
    };

    /// <summary>As <see cref="Matches(string,RegexBudget?)"/>, of a text as bytes (<see cref="FilterContent.Decode(ReadOnlySpan{byte})"/>).</summary>
    public bool Matches(ReadOnlySpan<byte> text, RegexBudget? budget)
    {
        if (_regex is null && _needle is not null)
        {
            return Test == TextTest.Contains ? _needle.IsIn(text) : _needle.Is(text);
        }

        if (_literals is not null && Ascii.IsValid(text))
        {
            if (Test == TextTest.ContainsOrRegex && _needle is not null && _needle.IsIn(text))
            {
                return true;
            }

            if (!Exists(text, _literals))
            {
                return false;
            }

            if (_literalsSuffice)
            {
                return true;
            }
        }

        return MatchesDecoded(text, budget);
    }

    /// <summary>Whether the lines of a head (or one of them) may pass, by the head's bytes; "no" is certain.</summary>
    public bool MayBeIn(ReadOnlySpan<byte> head)
    {
        // Other letters than ASCII may be equal to such when case does not count: the expression must tell.
        return _rawLiterals is null || (_regex is not null && !Ascii.IsValid(head)) || Exists(head, _rawLiterals);
    }

    private static bool Exists(ReadOnlySpan<byte> text, AsciiNeedle[][] branches)
    {
        foreach (var needles in branches)
        {
            var all = true;
            for (var i = 0; i < needles.Length && all; i++)
            {
                all = needles[i].IsIn(text);
            }

            if (all)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The pieces of texts that stand in a head as they do in the lines made of it; null when there are branches without.</summary>
    private static AsciiNeedle[][]? Pieces(string[][]? branches)
    {
        if (branches is null)
        {
            return null;
        }

        var pieces = branches.Select(texts => texts.Select(text => text.Split([':', ' ', '\t', '\r', '\n']).MaxBy(piece => piece.Length)!)
            .Where(piece => piece.Length > 0).Select(piece => new AsciiNeedle(piece)).ToArray()).ToArray();
        return Array.Exists(pieces, texts => texts.Length == 0) ? null : pieces;
    }

    private bool MatchesDecoded(ReadOnlySpan<byte> text, RegexBudget? budget)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            return Matches(buffer.AsSpan(0, FilterContent.Decode(text, buffer)), budget);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private bool Contains(ReadOnlySpan<char> text)
    {
        if (Value.Length == 0)
        {
            return true;
        }

        if (_needle is null)
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
