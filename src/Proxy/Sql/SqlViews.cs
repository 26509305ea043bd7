namespace MitmWeb.Proxy.Sql;

/// <summary>What statements may read: the views, our own functions, and statements to begin with. docs/sql.md and the console tell people the same.</summary>
public static class SqlViews
{
    private const string Side = "request or response";

    private const string Url =
        "scheme || '://' || CASE WHEN instr(host, ':') > 0 THEN '[' || host || ']' ELSE host END || " +
        "CASE WHEN (port = 443 AND scheme IN ('https', 'wss')) OR (port = 80 AND scheme IN ('http', 'ws')) THEN '' ELSE ':' || port END || path";

    /// <summary>The functions that statements may call besides SQLite's own.</summary>
    public static IReadOnlyList<SqlFunctionInfo> Functions { get; } =
    [
        new("header(flow_id, side, name)", "The value of a header (the lines of one name joined by a comma), NULL without one; side is 'request' or 'response'"),
        new("body_text(flow_id, side)", "The decoded body as text, 4 MiB of it; NULL when it is no text"),
        new("body_bytes(flow_id, side)", "The decoded body as a BLOB, 4 MiB of it"),
        new("text REGEXP pattern", "Whether a regular expression (.NET's) is found; (?i) before it ignores case"),
    ];

    /// <summary>The views.</summary>
    public static IReadOnlyList<SqlView> All { get; } =
    [
        View(
            "flows",
            "Each flow, as the list shows it",
            "flow",
            ("id", "integer", "The flow's number", "id"),
            ("started_at", "text", "When it began: 2026-11-20T13:00:00.123456Z", Time("started_at")),
            ("started_us", "integer", "The same in microseconds after 1970", "started_at"),
            ("kind", "text", "http, websocket, tcp, tls or passed through", "CASE kind WHEN 0 THEN 'http' WHEN 1 THEN 'websocket' WHEN 2 THEN 'tcp' WHEN 3 THEN 'tls' WHEN 4 THEN 'passed through' END"),
            ("state", "text", "pending, streaming, done or error", "CASE state WHEN 0 THEN 'pending' WHEN 1 THEN 'streaming' WHEN 2 THEN 'done' WHEN 3 THEN 'error' END"),
            ("method", "text", "The request's method", "nullif(method, '')"),
            ("url", "text", "The whole address", Url),
            ("scheme", "text", "http, https, ws or wss", "scheme"),
            ("host", "text", "The host asked for", "host"),
            ("port", "integer", "Its port", "port"),
            ("path", "text", "The path with its query", "path"),
            ("status", "integer", "The response's status", "status"),
            ("reason", "text", "What stands behind the status", "reason"),
            ("content_type", "text", "The response's media type, without parameters", "content_type"),
            ("request_content_type", "text", "The request's media type", "request_content_type"),
            ("request_size", "integer", "Bytes of the request's body", "request_size"),
            ("response_size", "integer", "Bytes of the response's body", "response_size"),
            ("duration_ms", "real", "From the start to the end", "duration_us / 1000.0"),
            ("ttfb_ms", "real", "From the start to the response's head", "ttfb_us / 1000.0"),
            ("http_version", "text", "What the client spoke", "http_version"),
            ("server_http_version", "text", "What the server spoke", "server_http_version"),
            ("client_address", "text", "The client's address and port", "client_address"),
            ("server_address", "text", "The address and port that were reached", "server_address"),
            ("host_header", "text", "The host of the Host header, where it is another", "host_header"),
            ("modified_by", "text", "What of MitmWeb changed the messages", "modified_by"),
            ("marker", "text", "The mark somebody gave it: a colour's name or another short text", "marker"),
            ("comment", "text", "What somebody wrote about it", "comment"),
            ("tags", "text", "Its tags, as a JSON array", "tags"),
            ("pinned", "integer", "1 when somebody pinned it", "pinned"),
            ("meta", "text", "Its notes with names, as a JSON object", "meta"),
            ("error", "text", "Why it failed, in a sentence", "error"),
            ("error_step", "text", "In which step: ClientTls, Request, Dns, Connect, ServerTls, Send, Response or Proxy", Content("error_step")),
            ("error_detail", "text", "What the system said", Content("error_detail")),
            ("dns_ms", "real", "Looking the name up", $"({Content("connect_start")} - {Content("dns_start")}) / 1000.0"),
            ("connect_ms", "real", "Connecting by TCP", $"({Content("connect_end")} - {Content("connect_start")}) / 1000.0"),
            ("tls_ms", "real", "The handshake with the server", $"({Content("tls_end")} - {Content("tls_start")}) / 1000.0"),
            ("client_connection_id", "integer", "Its row of connections on the client's side", Content("client_connection_id")),
            ("server_connection_id", "integer", "Its row of connections on the server's side", Content("server_connection_id")),
            ("server_reused", "integer", "1 when that connection had been used before", Content("server_reused"))),
        new(
            "headers",
            "Each header and trailer line of each message",
            [
                new("flow_id", "integer", "The flow's number"),
                new("side", "text", Side),
                new("position", "integer", "Its place among the lines, from 0"),
                new("name", "text", "Its name as it was sent; compared without regard to case"),
                new("value", "text", "Its value"),
                new("is_trailer", "integer", "1 when it came after the body"),
            ],
            string.Join(
                " UNION ALL ",
                Lines("request", "request_head", 0),
                Lines("response", "response_head", 0),
                Lines("request", "request_trailers", 1),
                Lines("response", "response_trailers", 1))),
        new(
            "messages",
            "The body of each request and response that has one",
            [
                new("flow_id", "integer", "The flow's number"),
                new("side", "text", Side),
                new("content_type", "text", "Its media type, without parameters"),
                new("size", "integer", "Bytes as they passed"),
                new("text", "text", "The decoded body, 4 MiB of it; NULL when it is no text"),
                new("bytes", "blob", "The decoded body, 4 MiB of it"),
            ],
            """
            SELECT id AS flow_id, 'request' AS side, request_content_type AS content_type, request_size AS size,
              body_text(id, 'request') AS text, body_bytes(id, 'request') AS bytes FROM flow WHERE request_size > 0
            UNION ALL
            SELECT id, 'response', content_type, response_size, body_text(id, 'response'), body_bytes(id, 'response') FROM flow WHERE response_size > 0
            """),
        View(
            "connections",
            "Each connection of a client and to a server",
            "connection",
            ("id", "integer", "The connection's number", "id"),
            ("side", "text", "client or server", "CASE side WHEN 0 THEN 'client' ELSE 'server' END"),
            ("opened_at", "text", "When it was opened", Time("opened_at")),
            ("remote_address", "text", "Address and port of the other end", "remote_address"),
            ("local_address", "text", "Address and port of this end", "local_address"),
            ("mode", "text", "Clients: how they came in", "mode"),
            ("host", "text", "Servers: the host asked for", "host"),
            ("port", "integer", "Servers: its port", "port"),
            ("dns_ms", "real", "Servers: looking the name up", "dns_us / 1000.0"),
            ("connect_ms", "real", "Servers: connecting by TCP", "connect_us / 1000.0"),
            ("tls_ms", "real", "The handshake", "tls_us / 1000.0"),
            ("tls_version", "text", "TLS 1.3 and the like; NULL without TLS", "nullif(tls_version, '')"),
            ("cipher_suite", "text", "The cipher suite", "nullif(cipher_suite, '')"),
            ("key_exchange_group", "text", "The group of the key exchange", "key_exchange_group"),
            ("alpn", "text", "The protocol agreed on", "alpn"),
            ("alpn_offered", "text", "The protocols offered, as a JSON array", "alpn_offered"),
            ("sni", "text", "The server name asked for", "sni"),
            ("resumed", "integer", "1 when a TLS session was taken up again", "resumed"),
            ("certificate_error", "text", "What is wrong with the server's certificate", "certificate_error"),
            ("certificates", "text", "The SHA-256 of each certificate sent, as a JSON array", "certificates"),
            ("client_alert", "text", "The TLS alert that the client sent", "client_alert"),
            ("server_alert", "text", "The TLS alert that the server sent", "server_alert"),
            ("ja3", "text", "Clients: their JA3", "ja3"),
            ("ja4", "text", "Clients: their JA4", "ja4")),
        View(
            "certificates",
            "Each certificate, once",
            "certificate",
            ("sha256", "text", "Its SHA-256, as connections name it", "sha256"),
            ("subject", "text", "Whose it is", Certificate("subject")),
            ("issuer", "text", "Who signed it", Certificate("issuer")),
            ("serial_number", "text", "Its number, hexadecimal", Certificate("serial_number")),
            ("not_before", "text", "Valid from", Certificate("not_before")),
            ("not_after", "text", "Valid until", Certificate("not_after")),
            ("names", "text", "The names and addresses it is for, as a JSON array", Certificate("names")),
            ("key", "text", "The kind of its key: ECDSA 256, RSA 2048", Certificate("key")),
            ("is_self_signed", "integer", "1 when subject and issuer are the same", Certificate("is_self_signed")),
            ("der", "blob", "The certificate itself", "der")),
    ];

    /// <summary>Statements to begin with.</summary>
    public static IReadOnlyList<SqlExample> Examples { get; } =
    [
        new("Slowest hosts", """
            SELECT host, count(*) AS flows, round(avg(ttfb_ms), 1) AS average_ms, round(max(ttfb_ms), 1) AS slowest_ms
            FROM flows
            WHERE ttfb_ms IS NOT NULL
            GROUP BY host
            ORDER BY average_ms DESC
            LIMIT 20
            """),
        new("Largest responses", """
            SELECT id, host, path, content_type, response_size
            FROM flows
            ORDER BY response_size DESC
            LIMIT 50
            """),
        new("Cookies set without Secure", """
            SELECT flow_id, host, substr(value, 1, instr(value, '=') - 1) AS cookie, value
            FROM headers JOIN flows ON flows.id = flow_id
            WHERE side = 'response' AND name = 'set-cookie' AND scheme = 'https'
              AND value NOT LIKE '%; secure%' AND value NOT LIKE '%;secure%'
            LIMIT 200
            """),
        new("Errors by step", """
            SELECT error_step, host, count(*) AS flows, min(error) AS example
            FROM flows
            WHERE state = 'error'
            GROUP BY error_step, host
            ORDER BY flows DESC
            """),
        new("Statuses of each host", """
            SELECT host, status / 100 || 'xx' AS class, count(*) AS flows
            FROM flows
            WHERE status IS NOT NULL
            GROUP BY host, class
            ORDER BY flows DESC
            """),
        new("Flows per minute", """
            SELECT substr(started_at, 1, 16) AS minute, count(*) AS flows, sum(response_size) AS bytes
            FROM flows
            GROUP BY started_us / 60000000
            ORDER BY minute DESC
            LIMIT 120
            """),
        new("Bodies that hold a word", """
            SELECT flow_id, side, content_type, size, substr(text, max(1, instr(text, 'token') - 40), 120) AS around
            FROM messages
            WHERE text LIKE '%token%'
            LIMIT 50
            """),
        new("A value out of JSON", """
            SELECT flow_id, json_extract(text, '$.error') AS error
            FROM messages
            WHERE side = 'response' AND content_type = 'application/json' AND json_valid(text)
              AND json_extract(text, '$.error') IS NOT NULL
            LIMIT 100
            """),
        new("The same request made again and again", """
            SELECT method, url, count(*) AS times, sum(response_size) AS bytes
            FROM flows
            GROUP BY method, url
            HAVING times > 1
            ORDER BY times DESC
            LIMIT 50
            """),
        new("What people noted", """
            SELECT id, marker, pinned, comment, tags, meta, url
            FROM flows
            WHERE marker IS NOT NULL OR comment IS NOT NULL OR tags IS NOT NULL OR meta IS NOT NULL OR pinned
            LIMIT 200
            """),
        new("Flows of each tag", """
            SELECT tag.value AS tag, count(*) AS flows, min(flows.id) AS first, max(flows.id) AS last
            FROM flows, json_each(flows.tags) AS tag
            GROUP BY tag
            ORDER BY flows DESC
            """),
        new("Kinds of clients by JA4", """
            SELECT ja4, count(*) AS connections, min(remote_address) AS example
            FROM connections
            WHERE side = 'client' AND ja4 IS NOT NULL
            GROUP BY ja4
            ORDER BY connections DESC
            """),
        new("Certificates that expire first", """
            SELECT not_after, subject, issuer, key, names
            FROM certificates
            ORDER BY not_after
            LIMIT 50
            """),
    ];

    private static SqlView View(string name, string help, string table, params (string Name, string Type, string Help, string Expression)[] columns) => new(
        name,
        help,
        [.. columns.Select(column => new SqlColumn(column.Name, column.Type, column.Help))],
        $"SELECT {string.Join(", ", columns.Select(column => $"{column.Expression} AS {column.Name}"))} FROM {table}");

    /// <summary>Microseconds after 1970 as ISO 8601.</summary>
    private static string Time(string column) =>
        $"strftime('%Y-%m-%dT%H:%M:%S', {column} / 1000000, 'unixepoch') || printf('.%06dZ', {column} % 1000000)";

    /// <summary>A column of the flow's other table, fetched only where it is asked for.</summary>
    private static string Content(string column) => $"(SELECT content.{column} FROM content WHERE content.flow_id = flow.id)";

    private static string Certificate(string part) => $"{SqlFunctions.Certificate}(der, '{part}')";

    private static string Lines(string side, string column, int isTrailer) =>
        $"SELECT flow_id, '{side}' AS side, line.key AS position, json_extract(line.value, '$[0]') COLLATE NOCASE AS name, " +
        $"json_extract(line.value, '$[1]') AS value, {isTrailer} AS is_trailer " +
        $"FROM content, json_each({SqlFunctions.HeaderLines}({column}, {1 - isTrailer})) AS line WHERE {column} IS NOT NULL";
}
