using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace MitmWeb.Proxy.Filters;

/// <summary>
/// A regular expression of a filter. It runs in linear time where .NET can do that (<see cref="RegexOptions.NonBacktracking"/>: no look-around, no
/// back-references, an automaton of bounded size). A search that takes long is stopped all the same, and so are many that take rather long.
/// </summary>
internal sealed class FilterRegex
{
    private static readonly TimeSpan LinearLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BacktrackingLimit = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    private FilterRegex(Regex regex) => _regex = regex;

    /// <summary>What is wrong with a pattern, in a sentence; null when nothing is.</summary>
    public static string? Check(string pattern)
    {
        if (pattern.Length == 0)
        {
            return "it is empty.";
        }

        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
            return null;
        }
        catch (RegexParseException e)
        {
            // ".NET: Invalid pattern '…' at offset 3. Not enough )'s." – the pattern is in front of the reader already.
            var end = e.Message.IndexOf(". ", e.Message.LastIndexOf(" at offset ", StringComparison.Ordinal) + 1, StringComparison.Ordinal);
            return end < 0 ? e.Message : e.Message[(end + 2)..];
        }
    }

    /// <summary>The pattern with <c>\/</c> written as <c>/</c>, which means the same: so it is equal however it was written.</summary>
    public static string Normalise(string pattern)
    {
        if (!pattern.Contains("\\/", StringComparison.Ordinal))
        {
            return pattern;
        }

        var plain = new StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                i++;
                plain.Append(pattern[i] == '/' ? "" : "\\");
            }

            plain.Append(pattern[i]);
        }

        return plain.ToString();
    }

    /// <summary>Makes a pattern ready that <see cref="Check"/> has passed.</summary>
    public static FilterRegex Create(string pattern, RegexOptions options)
    {
        options |= RegexOptions.CultureInvariant;
        try
        {
            return new FilterRegex(new Regex(pattern, options | RegexOptions.NonBacktracking, LinearLimit));
        }
        catch (NotSupportedException)
        {
            return new FilterRegex(new Regex(pattern, options, BacktrackingLimit));
        }
    }

    /// <summary>Whether it is found in the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="budget">The time that all searches of a query may lose together; null for a single search.</param>
    /// <exception cref="FilterException">It takes too long.</exception>
    public bool IsMatch(ReadOnlySpan<char> text, RegexBudget? budget)
    {
        var begin = Stopwatch.GetTimestamp();
        try
        {
            var found = _regex.IsMatch(text);
            return budget is null || budget.Take(Stopwatch.GetElapsedTime(begin), text.Length) ? found : throw TooSlow(null);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw TooSlow(e);
        }
    }

    /// <summary>All places where it is found from a character on; what is before that one can be looked at.</summary>
    /// <exception cref="RegexMatchTimeoutException">It takes too long; while the places are enumerated.</exception>
    public Regex.ValueMatchEnumerator Find(ReadOnlySpan<char> text, int start) => _regex.EnumerateMatches(text, start);

    private FilterException TooSlow(Exception? reason) => new(
        $"The regular expression {_regex} takes too long, so the search was stopped. Write it without nested repetitions, look-around and back-references.",
        reason!);
}
