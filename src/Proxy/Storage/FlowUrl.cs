namespace MitmWeb.Proxy.Storage;

/// <summary>A flow's address as one text, in C# and in SQL. The two must give the same.</summary>
internal static class FlowUrl
{
    /// <summary>The address of a row of <c>flow</c>.</summary>
    public const string Sql =
        "(scheme || '://' || CASE WHEN instr(host, ':') > 0 THEN '[' || host || ']' ELSE host END || " +
        "CASE WHEN (port = 443 AND scheme IN ('https', 'wss')) OR (port = 80 AND scheme IN ('http', 'ws')) THEN '' ELSE ':' || port END || path)";

    public static string Write(string scheme, string host, int port, string path)
    {
        var usual = (port == 443 && scheme is "https" or "wss") || (port == 80 && scheme is "http" or "ws");
        return (host.Contains(':', StringComparison.Ordinal), usual) switch
        {
            (false, true) => $"{scheme}://{host}{path}",
            (false, false) => $"{scheme}://{host}:{port}{path}",
            (true, true) => $"{scheme}://[{host}]{path}",
            (true, false) => $"{scheme}://[{host}]:{port}{path}",
        };
    }
}
