using System.Text.RegularExpressions;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>Makes conditions of a tree.</summary>
/// <param name="now">The present, in microseconds after 1970: relative times count from it.</param>
internal sealed class FilterCompiler(long now)
{
    private static readonly ConstantCondition Nothing = new(false);

    /// <summary>The tests of texts that SQL calls back into, by their numbers.</summary>
    public List<TextMatcher> Texts { get; } = [];

    /// <summary>The tests of heads that SQL calls back into, by their numbers.</summary>
    public List<HeadTest> Heads { get; } = [];

    /// <summary>The tests of connections that SQL calls back into, by their numbers.</summary>
    public List<ConnectionCondition> Connections { get; } = [];

    /// <summary>The tests of bodies that SQL calls back into, by their numbers.</summary>
    public List<ContentCondition> Contents { get; } = [];

    public FilterCondition Compile(FilterNode node) => node switch
    {
        EverythingNode => new ConstantCondition(true),
        AndNode and => new JoinedCondition(and.Terms.Select(Compile).ToArray(), all: true),
        OrNode or => new JoinedCondition(or.Terms.Select(Compile).ToArray(), all: false),
        NotNode not => new NegatedCondition(Compile(not.Term)),
        ViewNode view => Compile(view.Filter),
        FlagNode flag => Flag(flag.Flag),
        TextNode text => Text(text),
        NumberNode number => Number(number.Field, NumberRange.Of(number.Test, number.From, number.To)),
        TimeNode time => new RowNumberCondition(
            row => Microseconds.FromTime(row.StartedAt), "started_at", NumberRange.Of(time.Test, time.From.At(now), time.To.At(now))),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "Not a node of a filter."),
    };

    private FilterCondition Text(TextNode node)
    {
        var info = FilterFields.Info(node.Field);
        if (info.Missing is not null)
        {
            return new ConstantCondition(node.Test == TextTest.NotEqual);
        }

        if (info.NeedsContent)
        {
            return Content(node);
        }

        var matcher = new TextMatcher(node.Test, node.Value, RegexOptions.None);
        Texts.Add(matcher);
        if (RowTexts.Of(node.Field, node.Name) is { } texts)
        {
            return new RowTextsCondition(texts, matcher, Texts.Count - 1);
        }

        return new RowTextCondition(RowText.Of(node.Field), matcher, Texts.Count - 1);
    }

    private FilterCondition Number(FilterField field, NumberRange range) => field switch
    {
        FilterField.Port => new RowNumberCondition(row => row.Port, "port", range),
        FilterField.Status => new RowNumberCondition(row => row.Status, "status", range),
        FilterField.Size => new RowNumberCondition(row => row.ResponseSize, "response_size", range),
        FilterField.RequestSize => new RowNumberCondition(row => row.RequestSize, "request_size", range),
        FilterField.Duration => new RowNumberCondition(row => row.Duration, "duration_us", range),
        FilterField.TimeToFirstByte => new RowNumberCondition(row => row.TimeToFirstByte, "ttfb_us", range),
        FilterField.Id => new RowNumberCondition(row => row.Id, "id", range),
        FilterField.Connection => Connection((connection, _) => connection.Id >= range.From && connection.Id <= range.To, range.Negated),
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "Not a number."),
    };

    private FilterCondition Content(TextNode node)
    {
        var matcher = ContentTests.Matcher(node);
        if (ContentTests.OfConnection(node.Field) is { } text)
        {
            return Connection((connection, budget) => text(connection) is { } value && matcher.Matches(value, budget), node.Test == TextTest.NotEqual);
        }

        var test = ContentTests.Of(node, matcher);
        if (node.Field is FilterField.Header or FilterField.RequestHeader or FilterField.ResponseHeader or FilterField.Cookie)
        {
            Heads.Add(new HeadTest(node, matcher));
            return new HeadCondition(test, Heads.Count - 1);
        }

        var condition = new ContentCondition(test, Contents.Count, matcher.Certain, ContentTests.Words(node, matcher));
        Contents.Add(condition);
        return condition;
    }

    private ConnectionCondition Connection(Func<FilterConnection, RegexBudget?, bool> test, bool negated)
    {
        var condition = new ConnectionCondition(test, negated, Connections.Count);
        Connections.Add(condition);
        return condition;
    }

    /// <summary>The numbers in the SQL are those of <see cref="FlowKind"/> and <see cref="FlowState"/>.</summary>
    private FilterCondition Flag(FilterFlag flag) => flag switch
    {
        FilterFlag.Http => new RowCondition(IsHttp, "kind IN (0, 1)"),
        FilterFlag.WebSocket => new RowCondition(row => row.Kind == FlowKind.WebSocket, "kind = 1"),
        FilterFlag.Tcp => new RowCondition(row => row.Kind == FlowKind.Tcp, "kind = 2"),
        FilterFlag.Tls => new RowCondition(row => row.Kind == FlowKind.Tls, "kind = 3"),
        FilterFlag.PassedThrough => new RowCondition(row => row.Kind == FlowKind.PassedThrough, "kind = 4"),
        FilterFlag.Pending => new RowCondition(row => IsHttp(row) && row.Status is null, "kind IN (0, 1) AND status IS NULL"),
        FilterFlag.Done => new RowCondition(row => IsHttp(row) && row.Status is not null, "kind IN (0, 1) AND status IS NOT NULL"),
        FilterFlag.Running => new RowCondition(row => row.State < FlowState.Done, "state < 2"),
        FilterFlag.Error => new RowCondition(row => row.State == FlowState.Error || row.Error is not null, "state = 3 OR error IS NOT NULL"),
        FilterFlag.Marked => new RowCondition(row => row.Marker is not null, "marker IS NOT NULL"),
        FilterFlag.Pinned => new RowCondition(row => row.IsPinned, "pinned = 1"),
        FilterFlag.Modified => new RowCondition(row => row.ModifiedBy is not null, "modified_by IS NOT NULL"),
        FilterFlag.ServerSentEvents => new RowCondition(row => row.ContentType == "text/event-stream", "coalesce(content_type, '') = 'text/event-stream'"),
        FilterFlag.Grpc => Type(["application/grpc"], request: true),
        FilterFlag.Asset => Type(
            ["text/javascript", "application/javascript", "application/x-javascript", "text/css", "image/", "font/", "application/font"], request: false),

        // As the colours at the left of the list (category.ts of the dashboard).
        FilterFlag.Html => Type("html"),
        FilterFlag.Script => Type("javascript|ecmascript|wasm"),
        FilterFlag.Style => Type("css"),
        FilterFlag.Image => Type("^image/"),
        FilterFlag.Font => Type("^font/|font-"),
        FilterFlag.Media => Type("^(audio|video)/"),
        FilterFlag.Data => Type("^(application|text|message|multipart)/(json|xml|.*([+.-]|nd)json|([^x].*|x[^h].*)[+]xml|.*(protobuf|grpc|msgpack|cbor|csv|x-www-form-urlencoded|event-stream))"),

        // Nothing of this kind is recorded yet: truly no flow matches.
        _ => Nothing,
    };

    private static bool IsHttp(FlowRow row) => row.Kind is FlowKind.Http or FlowKind.WebSocket;

    /// <summary>Whether a media type begins so.</summary>
    private RowTextCondition Type(string[] beginnings, bool request) => Type($"^({string.Join('|', beginnings.Select(Regex.Escape))})", request);

    /// <summary>Whether a regular expression is found in the response's media type, or in the request's as well.</summary>
    private RowTextCondition Type(string expression, bool request = false)
    {
        var texts = RowText.Of(FilterField.Type);
        Texts.Add(new TextMatcher(TextTest.Regex, expression, RegexOptions.None));
        return new RowTextCondition(request ? texts : texts[..1], Texts[^1], Texts.Count - 1);
    }
}
