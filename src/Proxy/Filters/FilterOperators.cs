namespace MitmWeb.Proxy.Filters;

/// <summary>All <c>~</c> operators and all words of <c>is:</c>.</summary>
public static class FilterOperators
{
    private const string NoDatagrams = "MitmWeb records no UDP and no DNS yet";
    private const string NoReplay = "MitmWeb cannot replay yet";
    private const string NoHolding = "MitmWeb cannot hold flows yet";
    private const string NoImport = "MitmWeb cannot import yet";

    /// <summary>The operators in the order of the help sheet, which is also that of suggestions: the most used first.</summary>
    public static IReadOnlyList<FilterOperatorInfo> All { get; } =
    [
        Matching("d", FilterField.Host, "the host, also the one in the Host header"),
        Matching("u", FilterField.Url, "the URL"),
        Matching("m", FilterField.Method, "the request's method"),
        new("c", OperatorArgument.Status, "the status code: a number, a class (4xx), a range (400..499), or a limit (>=500)", "~c 404", Field: FilterField.Status),
        Matching("h", FilterField.Header, "the header lines of request and response"),
        Matching("hq", FilterField.RequestHeader, "the request's header lines"),
        Matching("hs", FilterField.ResponseHeader, "the response's header lines"),
        Matching("b", FilterField.Body, "the decoded bodies"),
        Matching("bq", FilterField.RequestBody, "the decoded request body"),
        Matching("bs", FilterField.ResponseBody, "the decoded response body"),
        Matching("t", FilterField.Header, "the Content-Type header of request and response", "content-type"),
        Matching("tq", FilterField.RequestHeader, "the request's Content-Type header", "content-type"),
        Matching("ts", FilterField.ResponseHeader, "the response's Content-Type header", "content-type"),
        Flagged("q", FilterFlag.Pending, "pending", "has no response (yet)", "no response yet, or none ever"),
        Flagged("s", FilterFlag.Done, "done", "has a response", "there is a response"),
        Flagged("e", FilterFlag.Error, "error", "failed", "failed, TLS and connect failures included"),
        Flagged("a", FilterFlag.Asset, "asset", "is an asset", "the response is a script, a style sheet, an image, or a font"),
        Flagged("", FilterFlag.Html, "html", "is a page", "the response is HTML"),
        Flagged("", FilterFlag.Script, "js", "is a script", "the response is JavaScript or WebAssembly"),
        Flagged("", FilterFlag.Style, "css", "is a style sheet", "the response is CSS"),
        Flagged("", FilterFlag.Image, "image", "is an image", "the response is an image"),
        Flagged("", FilterFlag.Font, "font", "is a font", "the response is a font"),
        Flagged("", FilterFlag.Media, "media", "is sound or video", "the response is sound or video"),
        Flagged("", FilterFlag.Data, "data", "is data", "the response is JSON, XML, a form, CSV, events, gRPC, protobuf, MessagePack or CBOR"),
        Flagged("http", FilterFlag.Http, "http", "is HTTP", "an HTTP exchange, WebSockets included"),
        Flagged("websocket", FilterFlag.WebSocket, "ws", "is a WebSocket", "an HTTP exchange that became a WebSocket"),
        Flagged("tcp", FilterFlag.Tcp, "tcp", "is a TCP connection", "a connection whose bytes were relayed unread"),
        Flagged("udp", FilterFlag.Udp, "udp", "is UDP", "UDP", NoDatagrams),
        Flagged("dns", FilterFlag.Dns, "dns", "is DNS", "DNS", NoDatagrams),
        new("all", OperatorArgument.None, "every flow", "~all"),
        Matching("src", FilterField.Client, "address:port of the client"),
        Matching("dst", FilterField.Server, "host:port of the server, and the address:port reached"),
        Flagged("", FilterFlag.Running, "running", "is still running", "has not ended yet"),
        Flagged("", FilterFlag.ServerSentEvents, "sse", "is a stream of events", "the response is text/event-stream"),
        Flagged("", FilterFlag.Grpc, "grpc", "is gRPC", "the media type of request or response is one of gRPC"),
        Flagged("", FilterFlag.Tls, "tls", "is a failed handshake with a client", "a TLS handshake with a client that failed"),
        Flagged("", FilterFlag.PassedThrough, "passthrough", "was passed through", "a connection that was passed on unread because the options or the list say so"),
        Flagged("marked", FilterFlag.Marked, "marked", "is marked", "marked"),
        Matching("marker", FilterField.Mark, "the mark's name"),
        Matching("comment", FilterField.Comment, "the comment"),
        Matching("meta", FilterField.Meta, "the notes, “name: value”"),
        Flagged("replay", FilterFlag.Replayed, "replayed", "was replayed", "a replayed flow", NoReplay),
        Flagged("replayq", FilterFlag.ReplayedRequest, "", "is a replayed request", "a replayed request", NoReplay),
        Flagged("replays", FilterFlag.ReplayedResponse, "", "has a replayed response", "a replayed response", NoReplay),
        Flagged("", FilterFlag.Held, "held", "is held", "waits at a breakpoint", NoHolding),
        Flagged("", FilterFlag.Modified, "modified", "was modified", "MitmWeb has changed its messages"),
        Flagged("", FilterFlag.Pinned, "pinned", "is pinned", "pinned"),
        Flagged("", FilterFlag.Imported, "imported", "was imported", "came from a file", NoImport),
    ];

    private static readonly Dictionary<string, FilterOperatorInfo> ByOperator =
        All.Where(info => info.Operator.Length > 0).ToDictionary(info => info.Operator, StringComparer.Ordinal);

    private static readonly Dictionary<string, FilterOperatorInfo> ByWord =
        All.Where(info => info.Is.Length > 0).ToDictionary(info => info.Is, StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<FilterFlag, FilterOperatorInfo> ByFlag =
        All.Where(info => info.Flag is not null).ToDictionary(info => info.Flag!.Value);

    /// <summary>The letters of all operators.</summary>
    public static IEnumerable<string> Names => ByOperator.Keys;

    /// <summary>The words after <c>is:</c>.</summary>
    public static IEnumerable<string> Words => ByWord.Keys;

    /// <summary>The operator of these letters, or null.</summary>
    public static FilterOperatorInfo? Find(string letters) => ByOperator.GetValueOrDefault(letters);

    /// <summary>The flag of this word after <c>is:</c>, or null.</summary>
    public static FilterOperatorInfo? FindWord(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return ByWord.GetValueOrDefault(word.ToLowerInvariant() switch { "websocket" => "ws", "event-stream" => "sse", "failed" => "error", "script" => "js", "style" => "css", "img" => "image", _ => word });
    }

    /// <summary>What there is to say about a flag.</summary>
    public static FilterOperatorInfo Info(FilterFlag flag) => ByFlag[flag];

    private static FilterOperatorInfo Matching(string letters, FilterField field, string help, string? name = null) => new(
        letters, OperatorArgument.Regex, help, $"~{letters} {Sample(field, name)}", Field: field, Name: name, Missing: FilterFields.Info(field).Missing);

    private static string Sample(FilterField field, string? name) => (field, name) switch
    {
        (_, not null) => "json",
        (FilterField.Host, _) => @"example\.com$",
        (FilterField.Url, _) => "/api/v[12]/",
        (FilterField.Method, _) => "^P(OST|UT)$",
        (FilterField.Client, _) => "^192",
        (FilterField.Server, _) => ":443$",
        (FilterField.Header or FilterField.RequestHeader, _) => "^cookie:",
        (FilterField.ResponseHeader, _) => "^server:",
        (FilterField.Mark, _) => "red",
        (FilterField.Meta, _) => "^ticket: 4",
        _ => "error",
    };

    private static FilterOperatorInfo Flagged(string letters, FilterFlag flag, string word, string phrase, string help, string? missing = null) => new(
        letters, OperatorArgument.None, help, letters.Length > 0 ? $"~{letters}" : $"is:{word}", flag, word, Phrase: phrase, Missing: missing);
}
