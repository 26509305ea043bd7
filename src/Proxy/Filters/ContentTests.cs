using System.Text;
using System.Text.RegularExpressions;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Index;

namespace MitmWeb.Proxy.Filters;

/// <summary>Makes the tests of heads and bodies.</summary>
internal static class ContentTests
{
    private static readonly MessageSide[] Both = [MessageSide.Request, MessageSide.Response];

    /// <summary>The test of one text.</summary>
    public static TextMatcher Matcher(TextNode node) => new(node.Test, node.Value, Options(node));

    /// <summary>The test of a flow's heads or bodies.</summary>
    public static Func<FilterContent, RegexBudget?, bool> Of(TextNode node, TextMatcher matcher)
    {
        var texts = Texts(node);
        return (content, budget) =>
        {
            foreach (var text in texts(content))
            {
                if (matcher.Matches(text, budget))
                {
                    return matcher.Test != TextTest.NotEqual;
                }
            }

            return matcher.Test == TextTest.NotEqual;
        };
    }

    /// <summary>Words of which each that is in a body makes it pass the test, as the index of bodies has them; null when there are none.</summary>
    public static IReadOnlyList<string>? Words(TextNode node, TextMatcher matcher)
    {
        var sides = node.Field switch
        {
            FilterField.RequestBody => [MessageSide.Request],
            FilterField.ResponseBody => [MessageSide.Response],
            _ => Both,
        };
        var words = matcher.Sufficient?.SelectMany(text => sides.Select(side => BodyWords.Key(text, side))).OfType<string>().ToArray();
        return words is { Length: > 0 } ? words : null;
    }

    /// <summary>The text of a connection that a field looks at; null for fields of other things.</summary>
    public static Func<FilterConnection, string?>? OfConnection(FilterField field) => field switch
    {
        FilterField.TlsVersion => connection => connection.TlsVersion,
        FilterField.Alpn => connection => connection.Alpn,
        FilterField.Cipher => connection => connection.Cipher,
        FilterField.Sni => connection => connection.Sni,
        FilterField.Ja3 => connection => connection.Ja3,
        FilterField.Ja4 => connection => connection.Ja4,
        _ => null,
    };

    /// <summary>In heads, ^ and $ are a line's; in bodies a dot is any byte. Both as in mitmproxy.</summary>
    private static RegexOptions Options(TextNode node) => node.Field switch
    {
        FilterField.Body or FilterField.RequestBody or FilterField.ResponseBody => RegexOptions.Singleline,
        FilterField.Header or FilterField.RequestHeader or FilterField.ResponseHeader when node.Name is null => RegexOptions.Multiline,
        _ => RegexOptions.None,
    };

    private static Func<FilterContent, IEnumerable<string>> Texts(TextNode node)
    {
        var name = node.Name is null ? null : Encoding.Latin1.GetBytes(node.Name);
        var wholeHead = node.Test is TextTest.Regex or TextTest.RegexIgnoringCase;
        return node.Field switch
        {
            FilterField.Header => content => Both.SelectMany(side => Lines(content, side, name, wholeHead)),
            FilterField.RequestHeader => content => Lines(content, MessageSide.Request, name, wholeHead),
            FilterField.ResponseHeader => content => Lines(content, MessageSide.Response, name, wholeHead),
            FilterField.Cookie => content => Both.SelectMany(side =>
                Lines(content, side, side == MessageSide.Request ? "cookie"u8.ToArray() : "set-cookie"u8.ToArray(), false)
                    .SelectMany(line => Cookies(line, side, node.Name!))),
            FilterField.Body => content => Both.SelectMany(side => Body(content, side)),
            FilterField.RequestBody => content => Body(content, MessageSide.Request),
            FilterField.ResponseBody => content => Body(content, MessageSide.Response),
            _ => throw new ArgumentOutOfRangeException(nameof(node), node.Field, "Not a text of the content."),
        };
    }

    private static IEnumerable<string> Body(FilterContent content, MessageSide side)
    {
        var body = content.Body(side);
        return body.IsEmpty ? [] : [FilterContent.Decode(body.Span)];
    }

    /// <summary>The values of a name's lines; without a name all lines, each or (for regular expressions) as one text.</summary>
    private static List<string> Lines(FilterContent content, MessageSide side, byte[]? name, bool whole)
    {
        var lines = new List<string>();
        foreach (var list in content.Headers(side))
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (name is null)
                {
                    lines.Add($"{FilterContent.Decode(list.NameBytes(i))}: {FilterContent.Decode(list.ValueBytes(i))}");
                }
                else if (Ascii.EqualsIgnoreCase(list.NameBytes(i), name))
                {
                    lines.Add(FilterContent.Decode(list.ValueBytes(i)));
                }
            }
        }

        return name is null && whole && lines.Count > 0 ? [string.Join('\n', lines)] : lines;
    }

    /// <summary>The values of a cookie in a line of Cookie (RFC 6265, section 4.2.1) or Set-Cookie (section 4.1.1).</summary>
    public static IEnumerable<string> Cookies(string line, MessageSide side, string name)
    {
        foreach (var pair in side == MessageSide.Request ? line.Split(';') : [line.Split(';')[0]])
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair[..equals].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                yield return pair[(equals + 1)..].Trim();
            }
        }
    }
}
