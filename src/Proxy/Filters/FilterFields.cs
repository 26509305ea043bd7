namespace MitmWeb.Proxy.Filters;

/// <summary>All fields.</summary>
public static class FilterFields
{
    private const string NoRules = "MitmWeb has no rules yet";

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["domain"] = "host",
        ["respsize"] = "size",
    };

    /// <summary>The fields in the order of the help sheet.</summary>
    public static IReadOnlyList<FilterFieldInfo> All { get; } =
    [
        new(FilterField.Url, "url", FieldKind.Text, "the URL", "the whole address", "url:/v1/"),
        new(FilterField.Host, "host", FieldKind.Text, "the host", "the host, also the one in the Host header (domain: is the same)", "host:example.com"),
        new(FilterField.Path, "path", FieldKind.Text, "the path", "the path without the query", "path:/api/"),
        new(FilterField.Query, "query", FieldKind.Text, "the query", "what follows the question mark", "query:page=2"),
        new(FilterField.Scheme, "scheme", FieldKind.Text, "the scheme", "http, https, ws, wss or tcp", "scheme=https"),
        new(FilterField.Port, "port", FieldKind.Number, "the port", "the server's port", "port:8080"),
        new(FilterField.Method, "method", FieldKind.Text, "the method", "the request's method", "method=POST"),
        new(FilterField.Status, "status", FieldKind.Number, "the status", "the status code: a number, a class, a range, a list", "status:4xx,5xx"),
        new(FilterField.Type, "type", FieldKind.Text, "the media type", "the media type of request or response, without parameters", "type:json"),
        new(FilterField.Header, "header", FieldKind.Text, "a header", "a header line “Name: value”; header.NAME looks at the values of that name", "header.cache-control:no-store", FieldName.Optional, true),
        new(FilterField.RequestHeader, "reqheader", FieldKind.Text, "a request header", "the same, of the request only", "reqheader.authorization:bearer", FieldName.Optional, true),
        new(FilterField.ResponseHeader, "respheader", FieldKind.Text, "a response header", "the same, of the response only", "respheader.server:nginx", FieldName.Optional, true),
        new(FilterField.Cookie, "cookie", FieldKind.Text, "the cookie", "a cookie's value, sent or set: cookie.NAME", "cookie.session:abc", FieldName.Required, true),
        new(FilterField.Body, "body", FieldKind.Text, "a body", "the decoded bodies", "body:\"error\"", NeedsContent: true),
        new(FilterField.RequestBody, "reqbody", FieldKind.Text, "the request body", "the decoded request body", "reqbody:password", NeedsContent: true),
        new(FilterField.ResponseBody, "respbody", FieldKind.Text, "the response body", "the decoded response body", "respbody:/\"id\":\\s*7/", NeedsContent: true),
        new(FilterField.Size, "size", FieldKind.Size, "the response body's size", "the response body's bytes as they passed (respsize is the same)", "size>1mb"),
        new(FilterField.RequestSize, "reqsize", FieldKind.Size, "the request body's size", "the request body's bytes as they passed", "reqsize>0"),
        new(FilterField.Duration, "duration", FieldKind.Duration, "the duration", "how long it took, to its end", "duration>=250ms"),
        new(FilterField.TimeToFirstByte, "ttfb", FieldKind.Duration, "the time to the first byte", "how long the response's head took", "ttfb>1s"),
        new(FilterField.Time, "time", FieldKind.Time, "the start", "when it began: a day, a moment, or “-5m” for five minutes ago", "time>-5m"),
        new(FilterField.Client, "client", FieldKind.Text, "the client's address", "address:port of the client", "client:192.168."),
        new(FilterField.Server, "server", FieldKind.Text, "the server's address", "host:port asked for, and address:port reached", "server::443"),
        new(FilterField.Address, "ip", FieldKind.Text, "the server's IP address", "the IP address that was reached", "ip:10."),
        new(FilterField.Error, "error", FieldKind.Text, "the error", "why it failed", "error:certificate"),
        new(FilterField.HttpVersion, "http", FieldKind.Text, "the HTTP version", "the HTTP version of either side", "http:2"),
        new(FilterField.TlsVersion, "tls", FieldKind.Text, "the TLS version", "the TLS version of either side", "tls:1.2", NeedsContent: true),
        new(FilterField.Alpn, "alpn", FieldKind.Text, "the application protocol", "the protocol chosen by ALPN, on either side", "alpn=h2", NeedsContent: true),
        new(FilterField.Cipher, "cipher", FieldKind.Text, "the cipher suite", "the cipher suite of either side", "cipher:CHACHA20", NeedsContent: true),
        new(FilterField.Sni, "sni", FieldKind.Text, "the server name", "the server name asked for in the handshake, on either side", "sni:example.com", NeedsContent: true),
        new(FilterField.Ja3, "ja3", FieldKind.Text, "the client's JA3", "the client's JA3 fingerprint", "ja3=cd08e31494f9531f560d64c695473da9", NeedsContent: true),
        new(FilterField.Ja4, "ja4", FieldKind.Text, "the client's JA4", "the client's JA4 fingerprint", "ja4:t13d", NeedsContent: true),
        new(FilterField.Id, "id", FieldKind.Number, "the flow's id", "the flow's number", "id:100..200"),
        new(FilterField.Connection, "conn", FieldKind.Number, "the connection's id", "the number of the client's or the server's connection", "conn:12", NeedsContent: true),
        new(FilterField.Mark, "mark", FieldKind.Text, "the mark", "the mark: the name of its colour, or another text", "mark:red"),
        new(FilterField.Comment, "comment", FieldKind.Text, "the comment", "the comment", "comment:login"),
        new(FilterField.Tag, "tag", FieldKind.Text, "a tag", "a tag", "tag:slow"),
        new(FilterField.Meta, "meta", FieldKind.Text, "a note", "a note “name: value”; meta.NAME looks at the values of that name", "meta.ticket:42", FieldName.Optional),
        new(FilterField.Rule, "rule", FieldKind.Text, "a rule", "the name of a rule that acted", "rule:mock", Missing: NoRules),
    ];

    private static readonly Dictionary<string, FilterFieldInfo> ByName = All.ToDictionary(info => info.Name, StringComparer.OrdinalIgnoreCase);
    private static readonly Dictionary<FilterField, FilterFieldInfo> ByField = All.ToDictionary(info => info.Field);

    /// <summary>Fields of the design whose traffic MitmWeb records, but does not yet take apart: a filter with them would lie.</summary>
    internal static IReadOnlyDictionary<string, string> NotYet { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["grpc"] = "MitmWeb does not take gRPC messages apart yet; is:grpc finds the exchanges themselves",
        ["gql"] = "MitmWeb does not take GraphQL apart yet; reqbody: finds the text of queries",
    };

    /// <summary>All names, those of other spellings too.</summary>
    public static IEnumerable<string> Names => All.Select(info => info.Name).Concat(Aliases.Keys).Append("is").Append("view");

    /// <summary>What there is to say about a field.</summary>
    public static FilterFieldInfo Info(FilterField field) => ByField[field];

    /// <summary>The field of that name, or null.</summary>
    public static FilterFieldInfo? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ByName.GetValueOrDefault(Aliases.GetValueOrDefault(name, name));
    }
}
