using System.Diagnostics.CodeAnalysis;

namespace MitmWeb.Proxy.Storage;

/// <summary>The order of a list of flows: a column, and which way. Flows that are equal in it are in the order of their ids.</summary>
public sealed class FlowSort
{
    private static readonly Dictionary<string, string> Columns = new(StringComparer.OrdinalIgnoreCase)
    {
        ["id"] = "id",
        ["seq"] = "seq",
        ["kind"] = "kind",
        ["state"] = "state",
        ["startedAt"] = "started_at",
        ["method"] = "method",
        ["scheme"] = "scheme",
        ["host"] = "host",
        ["port"] = "port",
        ["path"] = "path",
        ["status"] = "status",
        ["reason"] = "reason",
        ["contentType"] = "content_type",
        ["requestSize"] = "request_size",
        ["responseSize"] = "response_size",
        ["durationMs"] = "duration_us",
        ["ttfbMs"] = "ttfb_us",
        ["httpVersion"] = "http_version",
        ["serverHttpVersion"] = "server_http_version",
        ["clientAddress"] = "client_address",
        ["serverAddress"] = "server_address",
        ["error"] = "error",
    };

    private FlowSort(string column, bool descending)
    {
        Column = column;
        Descending = descending;
    }

    /// <summary>The order in which flows began.</summary>
    public static FlowSort ById { get; } = new("id", descending: false);

    /// <summary>The columns that can be sorted by, as the API names them.</summary>
    public static IReadOnlyCollection<string> Names => Columns.Keys;

    /// <summary>Whether the greatest comes first.</summary>
    public bool Descending { get; }

    internal bool IsById => Column == "id";

    /// <summary>Whether the column holds texts; otherwise numbers.</summary>
    internal bool IsText => Column is "method" or "scheme" or "host" or "path" or "reason" or "content_type" or "http_version" or "server_http_version"
        or "client_address" or "server_address" or "error";

    /// <summary>The column of <c>flow</c>.</summary>
    internal string Column { get; }

    /// <summary>Reads a column's name, <c>-</c> before it for descending.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out FlowSort? sort)
    {
        var descending = text is ['-', ..];
        var name = string.IsNullOrEmpty(text) ? "id" : descending ? text[1..] : text;
        sort = Columns.TryGetValue(name, out var column) ? new FlowSort(column, descending) : null;
        return sort is not null;
    }
}
