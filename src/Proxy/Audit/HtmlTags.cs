using System.Net;

namespace MitmWeb.Proxy.Audit;

/// <summary>
/// The start tags of a page, as a browser finds them (HTML, section 13.2.5): comments, scripts, styles and text areas hold none.
/// No tree is made; a page that is cut off gives what there is.
/// </summary>
internal static class HtmlTags
{
    private static readonly string[] RawText = ["script", "style", "textarea", "title", "xmp", "noembed", "noframes"];

    public static IEnumerable<HtmlTag> Read(string html)
    {
        var at = 0;
        while (at < html.Length && (at = html.IndexOf('<', at)) >= 0)
        {
            if (html.AsSpan(at).StartsWith("<!--"))
            {
                var end = html.IndexOf("-->", at + 4, StringComparison.Ordinal);
                at = end < 0 ? html.Length : end + 3;
                continue;
            }

            at++;
            if (at >= html.Length || !char.IsAsciiLetter(html[at]))
            {
                continue;
            }

            var tag = ReadTag(html, ref at);
            if (tag is null)
            {
                yield break;
            }

            yield return tag;
            if (RawText.Contains(tag.Name))
            {
                at = html.IndexOf("</" + tag.Name, at, StringComparison.OrdinalIgnoreCase);
                if (at < 0)
                {
                    yield break;
                }
            }
        }
    }

    /// <returns>Null when the page ends within the tag.</returns>
    private static HtmlTag? ReadTag(string html, ref int at)
    {
        var start = at;
        while (at < html.Length && !IsSpace(html[at]) && html[at] is not ('/' or '>'))
        {
            at++;
        }

        var name = html[start..at].ToLowerInvariant();
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        while (true)
        {
            while (at < html.Length && (IsSpace(html[at]) || html[at] == '/'))
            {
                at++;
            }

            if (at >= html.Length)
            {
                return null;
            }

            if (html[at] == '>')
            {
                at++;
                return new HtmlTag(name, attributes);
            }

            var nameStart = at++;
            while (at < html.Length && !IsSpace(html[at]) && html[at] is not ('/' or '>' or '='))
            {
                at++;
            }

            var attribute = html[nameStart..at].ToLowerInvariant();
            SkipSpace(html, ref at);
            var value = "";
            if (at < html.Length && html[at] == '=')
            {
                at++;
                SkipSpace(html, ref at);
                if (ReadValue(html, ref at) is not { } text)
                {
                    return null;
                }

                value = WebUtility.HtmlDecode(text);
            }

            attributes.TryAdd(attribute, value);
        }
    }

    private static string? ReadValue(string html, ref int at)
    {
        if (at >= html.Length)
        {
            return null;
        }

        int start;
        if (html[at] is '"' or '\'')
        {
            start = at + 1;
            var end = html.IndexOf(html[at], start);
            at = end + 1;
            return end < 0 ? null : html[start..end];
        }

        start = at;
        while (at < html.Length && !IsSpace(html[at]) && html[at] != '>')
        {
            at++;
        }

        return html[start..at];
    }

    private static void SkipSpace(string html, ref int at)
    {
        while (at < html.Length && IsSpace(html[at]))
        {
            at++;
        }
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f';
}
