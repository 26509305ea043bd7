using System.Globalization;
using System.Text.RegularExpressions;

namespace MitmWeb.Proxy.SslStrip;

/// <summary>Addresses in text: https made http and back, for the hosts that are meant and no others.</summary>
internal sealed partial class Links(IReadOnlyList<SslStripTarget> targets)
{
    /// <summary>https and wss become http and ws, also where the slashes are escaped as in JSON or the whole is percent-encoded.</summary>
    public string Strip(string text) => Secure().Replace(text, match =>
    {
        var port = match.Groups["port"] is { Success: true } digits ? int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture) : 443;
        return IsMeant(match, port, secure: true)
            ? $"{match.Groups["scheme"].ValueSpan[..^1]}{match.Groups["slashes"].ValueSpan}{match.Groups["host"].ValueSpan}{(port == 443 ? "" : $":{match.Groups["port"].ValueSpan}")}"
            : match.Value;
    });

    /// <summary>http becomes https: what a server must see that is not to notice.</summary>
    public string Restore(string text) => Plain().Replace(text, match =>
    {
        var port = match.Groups["port"] is { Success: true } digits ? int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture) : 80;
        return IsMeant(match, port, secure: false)
            ? $"{match.Groups["scheme"].ValueSpan}s{match.Groups["slashes"].ValueSpan}{match.Groups["host"].ValueSpan}{(port == 80 ? "" : $":{match.Groups["port"].ValueSpan}")}"
            : match.Value;
    });

    private bool IsMeant(Match match, int port, bool secure)
    {
        var host = match.Groups["host"].Value.Trim('[', ']');
        return targets.Any(target => secure ? target.MatchesHttps(host, port) : target.MatchesHttp(host, port));
    }

    [GeneratedRegex(@"\b(?<scheme>https|wss)(?<slashes>:\\?/\\?/|%3a%2f%2f)(?<host>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(?<port>[0-9]{1,5}))?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secure();

    [GeneratedRegex(@"\b(?<scheme>http|ws)(?<slashes>://)(?<host>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(?<port>[0-9]{1,5}))?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
