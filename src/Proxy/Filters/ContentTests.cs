using System.Text;
using System.Text.RegularExpressions;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Filters;

/// <summary>Makes the tests of heads, bodies and connections.</summary>
internal static class ContentTests
{
    private static readonly MessageSide[] Both = [MessageSide.Request, MessageSide.Response];

    /// <summary>The test of a text.</summary>
    public static Func<FilterContent, RegexBudget?, bool> Of(TextNode node)
    {
        var texts = Texts(node);
        var matcher = new TextMatcher(node.Test, node.Value, Options(node));
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

    /// <summary>The test of a connection's number.</summary>
    public static Func<FilterContent, RegexBudget?, bool> OfConnection(NumberRange range) => (content, _) =>
        (Passes(content.Client, range) || Passes(content.Server, range)) != range.Negated;

    private static bool Passes(FilterConnection? connection, NumberRange range) => connection?.Id >= range.From && connection.Id <= range.To;

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
            FilterField.Cookie => content => Cookies(content, node.Name!),
            FilterField.Body => content => Both.SelectMany(side => Body(content, side)),
            FilterField.RequestBody => content => Body(content, MessageSide.Request),
            FilterField.ResponseBody => content => Body(content, MessageSide.Response),
            FilterField.TlsVersion => content => OfEither(content, connection => connection.TlsVersion),
            FilterField.Alpn => content => OfEither(content, connection => connection.Alpn),
            FilterField.Cipher => content => OfEither(content, connection => connection.Cipher),
            FilterField.Sni => content => OfEither(content, connection => connection.Sni),
            FilterField.Ja3 => content => OfEither(content, connection => connection.Ja3),
            FilterField.Ja4 => content => OfEither(content, connection => connection.Ja4),
            _ => throw new ArgumentOutOfRangeException(nameof(node), node.Field, "Not a text of the content."),
        };
    }

    private static IEnumerable<string> OfEither(FilterContent content, Func<FilterConnection, string?> read) =>
        new[] { content.Client, content.Server }.OfType<FilterConnection>().Select(read).OfType<string>();

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

    /// <summary>The values of a cookie, sent (RFC 6265, section 4.2.1) and set (section 4.1.1).</summary>
    private static IEnumerable<string> Cookies(FilterContent content, string name)
    {
        foreach (var pair in Lines(content, MessageSide.Request, "cookie"u8.ToArray(), false).SelectMany(line => line.Split(';'))
            .Concat(Lines(content, MessageSide.Response, "set-cookie"u8.ToArray(), false).Select(line => line.Split(';')[0])))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair[..equals].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                yield return pair[(equals + 1)..].Trim();
            }
        }
    }
}
