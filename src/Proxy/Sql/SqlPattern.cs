using System.Text;

namespace MitmWeb.Proxy.Sql;

/// <summary><c>LIKE</c> and <c>GLOB</c> as SQLite has them (https://www.sqlite.org/lang_expr.html#like), in time that does not explode: when
/// something does not fit only the last <c>%</c> is given more, because giving more to an earlier one could not help.</summary>
internal static class SqlPattern
{
    private const int StepsBetweenChecks = 1 << 20;

    /// <summary>Whether the text is like the pattern; the case of A to Z does not count.</summary>
    public static bool Like(string text, string pattern, char? escape, SqlDeadline deadline)
    {
        var (at, next, star, from, steps) = (0, 0, -1, 0, 0);
        while (at < text.Length)
        {
            Count(ref steps, deadline);
            var literal = next < pattern.Length && pattern[next] == escape && next + 1 < pattern.Length ? 1 : 0;
            if (next < pattern.Length && literal == 0 && pattern[next] == '%')
            {
                (star, from) = (++next, at);
            }
            else if (next < pattern.Length && literal == 0 && pattern[next] == '_')
            {
                at += Width(text, at);
                next++;
            }
            else if (next < pattern.Length && Fold(pattern[next + literal]) == Fold(text[at]))
            {
                at++;
                next += 1 + literal;
            }
            else if (star >= 0)
            {
                (next, at) = (star, ++from);
            }
            else
            {
                return false;
            }
        }

        while (next < pattern.Length && pattern[next] == '%' && escape != '%')
        {
            next++;
        }

        return next == pattern.Length;
    }

    /// <summary>Whether the text is as the pattern says: <c>*</c>, <c>?</c> and <c>[a-z]</c>; case counts.</summary>
    public static bool Glob(string text, string pattern, SqlDeadline deadline)
    {
        var (at, next, star, from, steps) = (0, 0, -1, 0, 0);
        while (at < text.Length)
        {
            Count(ref steps, deadline);
            if (next < pattern.Length && pattern[next] == '*')
            {
                (star, from) = (++next, at);
            }
            else if (next < pattern.Length && Fits(text, at, pattern, next, out var width, out var length))
            {
                at += width;
                next += length;
            }
            else if (star >= 0)
            {
                (next, at) = (star, ++from);
            }
            else
            {
                return false;
            }
        }

        while (next < pattern.Length && pattern[next] == '*')
        {
            next++;
        }

        return next == pattern.Length;
    }

    /// <summary>Whether one character fits what stands in the pattern there, and how long both are.</summary>
    private static bool Fits(string text, int at, string pattern, int next, out int width, out int length)
    {
        (width, length) = (1, 1);
        switch (pattern[next])
        {
            case '?':
                width = Width(text, at);
                return true;
            case '[':
                var end = pattern.IndexOf(']', Math.Min(pattern.Length, next + (pattern.AsSpan(next).StartsWith("[^") ? 3 : 2)));
                if (end < 0)
                {
                    return false;
                }

                length = end + 1 - next;
                return InSet(text[at], pattern.AsSpan(next + 1, end - next - 1));
            default:
                return pattern[next] == text[at];
        }
    }

    private static bool InSet(char character, ReadOnlySpan<char> set)
    {
        var negated = set.StartsWith("^");
        set = negated ? set[1..] : set;
        var found = false;
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                found |= character >= set[i] && character <= set[i + 2];
                i += 2;
            }
            else
            {
                found |= character == set[i];
            }
        }

        return found != negated;
    }

    private static int Width(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) ? rune.Utf16SequenceLength : 1;

    private static char Fold(char letter) => char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter;

    private static void Count(ref int steps, SqlDeadline deadline)
    {
        if (++steps == StepsBetweenChecks)
        {
            steps = 0;
            deadline.Check();
        }
    }
}
