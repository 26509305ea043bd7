using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>A text of the list's row, in C# and as an expression of SQL. The two must give the same; null and NULL where there is none.</summary>
/// <param name="Read">The text.</param>
/// <param name="Sql">The same as SQL; for the address its parts, of which <see cref="Function"/> makes it.</param>
/// <param name="Function">What tests it.</param>
internal sealed record RowText(Func<FlowRow, string?> Read, string Sql, string Function = FilterFunctions.Text)
{
    private const string Digits = "0123456789";

    private static readonly RowText Url = new(row => row.Url, "scheme, host, port, path", FilterFunctions.Url);
    private static readonly RowText Host = new(row => row.Host, "host", FilterFunctions.Value);
    private static readonly RowText HostHeader = new(row => row.HostHeader, "host_header", FilterFunctions.Value);
    private static readonly RowText Path = new(row => Before(row.Path), "CASE WHEN instr(path, '?') > 0 THEN substr(path, 1, instr(path, '?') - 1) ELSE path END");
    private static readonly RowText Query = new(row => After(row.Path), "CASE WHEN instr(path, '?') > 0 THEN substr(path, instr(path, '?') + 1) END");
    private static readonly RowText Scheme = new(row => row.Scheme, "scheme", FilterFunctions.Value);
    private static readonly RowText Method = new(row => row.Method.Length == 0 ? null : row.Method, "nullif(method, '')", FilterFunctions.Value);
    private static readonly RowText Type = new(row => row.ContentType, "content_type", FilterFunctions.Value);
    private static readonly RowText RequestType = new(row => row.RequestContentType, "request_content_type", FilterFunctions.Value);
    private static readonly RowText Client = new(row => row.ClientAddress, "client_address", FilterFunctions.Value);
    private static readonly RowText Asked = new(row => $"{row.Host}:{row.Port}", "(host || ':' || port)", FilterFunctions.Value);
    private static readonly RowText Reached = new(row => row.ServerAddress, "server_address", FilterFunctions.Value);
    private static readonly RowText Address = new(row => Ip(row.ServerAddress), $"trim(rtrim(rtrim(server_address, '{Digits}'), ':'), '[]')", FilterFunctions.Value);
    private static readonly RowText Error = new(row => row.Error, "error", FilterFunctions.Value);
    private static readonly RowText Version = new(row => row.HttpVersion, "http_version", FilterFunctions.Value);
    private static readonly RowText ServerVersion = new(row => row.ServerHttpVersion, "server_http_version", FilterFunctions.Value);

    /// <summary>The texts that a field looks at.</summary>
    public static RowText[] Of(FilterField field) => field switch
    {
        FilterField.Url => [Url],
        FilterField.Host => [Host, HostHeader],
        FilterField.Path => [Path],
        FilterField.Query => [Query],
        FilterField.Scheme => [Scheme],
        FilterField.Method => [Method],
        FilterField.Type => [Type, RequestType],
        FilterField.Client => [Client],
        FilterField.Server => [Asked, Reached],
        FilterField.Address => [Address],
        FilterField.Error => [Error],
        FilterField.HttpVersion => [Version, ServerVersion],
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "Not a text of the row."),
    };

    private static string Before(string path) => path.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? path[..at] : path;

    private static string? After(string path) => path.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? path[(at + 1)..] : null;

    /// <summary>The address of <c>10.0.0.1:443</c> or <c>[::1]:443</c>.</summary>
    private static string? Ip(string? endPoint) => endPoint?.TrimEnd(Digits.ToCharArray()).TrimEnd(':').Trim('[', ']');
}
