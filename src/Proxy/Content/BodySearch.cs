using System.Text.RegularExpressions;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Threads;

namespace MitmWeb.Proxy.Content;

/// <summary>
/// Searches a body of any length, window by window. A match may be as long as <see cref="MaxMatch"/> characters; a longer one may be
/// found shortened or not at all.
/// </summary>
public static class BodySearch
{
    /// <summary>The most characters of a match.</summary>
    public const int MaxMatch = 16 * 1024;

    /// <summary>What a look-behind, <c>\b</c> or <c>^</c> can see of what was before a window.</summary>
    private const int Before = 256;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with a query, in a sentence; null when nothing is.</summary>
    public static string? Check(BodySearchQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.Text.Length == 0 ? "There is nothing to find."
            : query.IsRegex && FilterRegex.Check(query.Text) is { } wrong ? $"The regular expression cannot be read: {wrong}"
            : null;
    }

    /// <summary>Counts all matches, and gives some.</summary>
    /// <param name="body">The bytes; it is read to its end.</param>
    /// <param name="query">A query that <see cref="Check"/> has passed.</param>
    /// <param name="from">Matches that begin before this byte are counted, not given.</param>
    /// <param name="limit">The most matches to give.</param>
    /// <param name="clock">Tells how long it takes: after half a minute it is stopped.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static Task<BodySearchResult> Find(
        Stream body, BodySearchQuery query, long from, int limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(clock);
        return PatientThread.Start(() => FindHere(body, query, from, limit, clock, cancellationToken));
    }

    private static async Task<BodySearchResult> FindHere(
        Stream body, BodySearchQuery query, long from, int limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        var finder = new TextFinder(query);
        var window = new TextWindow(query.Charset);
        var begin = clock.GetTimestamp();
        var (count, first, matches) = (0L, 0L, new List<BodyMatch>());
        string? stopped = null;
        try
        {
            var next = 0;
            do
            {
                try
                {
                    await window.Fill(body, cancellationToken);
                }
                catch (Exception e) when (ContentDecoding.IsDamage(e))
                {
                    stopped = "What comes after is damaged or cut off and could not be searched.";
                    window.End();
                }

                // What begins near the end may go on in the next window, unless there is none.
                var text = window.Text;
                var settled = window.IsLast ? text.Length + 1 : text.Length - MaxMatch;
                var done = next;
                while (done <= text.Length && finder.TryFind(text.Span, done, out var index, out var length) && index < settled)
                {
                    done = Math.Max(index + length, index + 1);
                    if (length == 0)
                    {
                        continue;
                    }

                    var at = window.ByteAt(index);
                    count++;
                    if (at < from)
                    {
                        first++;
                    }
                    else if (matches.Count < limit)
                    {
                        matches.Add(new BodyMatch(at, (int)(window.ByteAt(index + length) - at)));
                    }
                }

                if (window.IsLast)
                {
                    break;
                }

                done = Math.Max(done, settled);
                next = done - window.Drop(Math.Max(0, done - Before));
                if (clock.GetElapsedTime(begin) > Limit)
                {
                    stopped = $"The search was stopped after {Limit.TotalSeconds:0} seconds.";
                }
            }
            while (stopped is null);
        }
        catch (FilterException e)
        {
            stopped = e.Message;
        }
        catch (RegexMatchTimeoutException)
        {
            stopped = "The regular expression takes too long. Write it without nested repetitions, look-around and back-references.";
        }

        return new BodySearchResult(count, first, matches, window.BytesTaken, stopped);
    }
}
