using System.Diagnostics.CodeAnalysis;

namespace MitmWeb.Proxy.Storage;

/// <summary>The order of a list of flows: a column, and which way. Flows that are equal in it are in the order of their ids.</summary>
public sealed class FlowSort
{
    private static readonly Dictionary<string, (string Column, Func<FlowRow, SortKey> Key)> Columns = new(StringComparer.OrdinalIgnoreCase)
    {
        ["id"] = ("id", row => SortKey.Of(row.Id)),
        ["seq"] = ("seq", row => SortKey.Of(row.Seq)),
        ["kind"] = ("kind", row => SortKey.Of((long)row.Kind)),
        ["state"] = ("state", row => SortKey.Of((long)row.State)),
        ["startedAt"] = ("started_at", row => SortKey.Of(Microseconds.FromTime(row.StartedAt))),
        ["method"] = ("method", row => SortKey.Of(row.Method)),
        ["scheme"] = ("scheme", row => SortKey.Of(row.Scheme)),
        ["host"] = ("host", row => SortKey.Of(row.Host)),
        ["port"] = ("port", row => SortKey.Of(row.Port)),
        ["path"] = ("path", row => SortKey.Of(row.Path)),
        ["status"] = ("status", row => SortKey.Of(row.Status)),
        ["reason"] = ("reason", row => SortKey.Of(row.Reason)),
        ["contentType"] = ("content_type", row => SortKey.Of(row.ContentType)),
        ["requestSize"] = ("request_size", row => SortKey.Of(row.RequestSize)),
        ["responseSize"] = ("response_size", row => SortKey.Of(row.ResponseSize)),
        ["durationMs"] = ("duration_us", row => SortKey.Of(row.Duration)),
        ["ttfbMs"] = ("ttfb_us", row => SortKey.Of(row.TimeToFirstByte)),
        ["httpVersion"] = ("http_version", row => SortKey.Of(row.HttpVersion)),
        ["serverHttpVersion"] = ("server_http_version", row => SortKey.Of(row.ServerHttpVersion)),
        ["clientAddress"] = ("client_address", row => SortKey.Of(row.ClientAddress)),
        ["serverAddress"] = ("server_address", row => SortKey.Of(row.ServerAddress)),
        ["error"] = ("error", row => SortKey.Of(row.Error)),
        ["marker"] = ("marker", row => SortKey.Of(row.Marker)),
        ["comment"] = ("comment", row => SortKey.Of(row.Comment)),
        ["tags"] = ("tags", row => SortKey.Of(row.Tags)),
        ["pinned"] = ("pinned", row => SortKey.Of(row.IsPinned ? 1 : 0)),
    };

    private readonly Func<FlowRow, SortKey> _key;

    private FlowSort(string column, Func<FlowRow, SortKey> key, bool descending)
    {
        (Column, _key) = (column, key);
        Descending = descending;
    }

    /// <summary>The order in which flows began.</summary>
    public static FlowSort ById { get; } = new("id", Columns["id"].Key, descending: false);

    /// <summary>The columns that can be sorted by, as the API names them.</summary>
    public static IReadOnlyCollection<string> Names => Columns.Keys;

    /// <summary>Whether the greatest comes first.</summary>
    public bool Descending { get; }

    /// <summary>The same column with the least first.</summary>
    public FlowSort Ascending => Descending ? new(Column, _key, descending: false) : this;

    internal bool IsById => Column == "id";

    /// <summary>Whether the column holds texts; otherwise numbers.</summary>
    internal bool IsText => Column is "method" or "scheme" or "host" or "path" or "reason" or "content_type" or "http_version" or "server_http_version"
        or "client_address" or "server_address" or "error" or "marker" or "comment" or "tags";

    /// <summary>The column of <c>flow</c>.</summary>
    internal string Column { get; }

    /// <summary>Whether it is the same order.</summary>
    public bool IsSameAs(FlowSort other) => other is not null && Column == other.Column && Descending == other.Descending;

    /// <summary>Reads a column's name, <c>-</c> before it for descending.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out FlowSort? sort)
    {
        var descending = text is ['-', ..];
        var name = string.IsNullOrEmpty(text) ? "id" : descending ? text[1..] : text;
        sort = Columns.TryGetValue(name, out var column) ? new FlowSort(column.Column, column.Key, descending) : null;
        return sort is not null;
    }

    /// <summary>What a flow is sorted by.</summary>
    public SortKey KeyOf(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return _key(row);
    }
}
