using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace MitmWeb.Proxy.PassThrough;

/// <summary>A regular expression that is looked for in <c>host:port</c>, whatever the case of letters, as in mitmproxy's <c>ignore_hosts</c>.</summary>
internal sealed class HostExpression
{
    /// <summary>Far more than any sensible pattern takes for a text of at most 260 characters; a catastrophic one must not hold up a connection.</summary>
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(100);

    private readonly Regex _regex;

    private HostExpression(Regex regex) => _regex = regex;

    public string Text => _regex.ToString();

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The regular expression.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="problem">What is wrong with it, in words.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out HostExpression? pattern, [NotNullWhen(false)] out string? problem)
    {
        const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
        (pattern, problem) = (null, null);
        if (text.Length == 0)
        {
            problem = "an empty pattern would match every host";
            return false;
        }

        try
        {
            pattern = new HostExpression(new Regex(text, Options | RegexOptions.NonBacktracking));
            return true;
        }
        catch (NotSupportedException)
        {
            // Look-aheads ("all but these") need the backtracking engine, and a limit.
            pattern = new HostExpression(new Regex(text, Options, MatchLimit));
            return true;
        }
        catch (ArgumentException exception)
        {
            problem = exception.Message;
            return false;
        }
    }

    public bool IsIn(string hostAndPort)
    {
        try
        {
            return _regex.IsMatch(hostAndPort);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
