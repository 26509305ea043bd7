using System.Buffers;
using System.Text.RegularExpressions;
using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Content;

/// <summary>Finds what a query asks for in a text: a regular expression, or a text as it is, which is looked for with vectors.</summary>
internal sealed class TextFinder
{
    private readonly FilterRegex? _regex;
    private readonly SearchValues<string>? _text;
    private readonly int _length;

    public TextFinder(BodySearchQuery query)
    {
        if (query.IsRegex)
        {
            _regex = FilterRegex.Create(query.Text, RegexOptions.Multiline | (query.MatchCase ? RegexOptions.None : RegexOptions.IgnoreCase));
        }
        else
        {
            _text = SearchValues.Create([query.Text], query.MatchCase ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
            _length = query.Text.Length;
        }
    }

    /// <summary>The first place from a character on; what is before that one can be looked at.</summary>
    /// <exception cref="RegexMatchTimeoutException">It takes too long.</exception>
    public bool TryFind(ReadOnlySpan<char> text, int start, out int index, out int length)
    {
        if (_text is not null)
        {
            var found = text[start..].IndexOfAny(_text);
            (index, length) = (start + found, _length);
            return found >= 0;
        }

        foreach (var match in _regex!.Find(text, start))
        {
            (index, length) = (match.Index, match.Length);
            return true;
        }

        (index, length) = (0, 0);
        return false;
    }
}
