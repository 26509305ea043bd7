using System.Globalization;
using System.IO.Compression;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Sql;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Storage;

namespace MitmWeb.Proxy.Tests.Sql;

public sealed class SessionSqlTests : IDisposable
{
    private static readonly SqlLimits Test = new() { Time = TimeSpan.FromMinutes(1) };

    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Views_GiveWhatWasRecorded()
    {
        await RecordAsync();

        Assert.Equal("1|POST|https://api.example.com/login?a=1|200|text/plain|7|done", Query("SELECT id, method, url, status, content_type, request_size, state FROM flows"));
        Assert.Equal(
            "request|0|Host|api.example.com|0\nrequest|1|X-Two|a|0\nrequest|2|x-two|b|0\nresponse|0|Content-Type|text/plain|0\nresponse|1|Content-Encoding|gzip|0\nresponse|2|Set-Cookie|é=1|0\nresponse|0|Checksum|9|1",
            Query("SELECT side, position, name, value, is_trailer FROM headers WHERE flow_id = 1"));
        Assert.Equal("2", Query("SELECT count(*) FROM headers WHERE name = 'X-TWO'"));
        Assert.Equal("request|NULL|7|a=b&c=d\nresponse|text/plain|11|hello world", Query(
            "SELECT side, content_type, iif(side = 'request', size, length(bytes)), text FROM messages ORDER BY side"));
        Assert.Equal("a, b|NULL", Query("SELECT header(id, 'request', 'x-TWO'), header(1, 'response', 'none') FROM flows"));
        Assert.Equal("client|TLS 1.3|[\"h2\"]", Query("SELECT side, tls_version, alpn_offered FROM connections WHERE side = 'client'"));
        Assert.Equal("0", Query("SELECT count(*) FROM certificates"));
        Assert.Matches("^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$", Query("SELECT started_at FROM flows"));
    }

    [Fact]
    public async Task Flows_HaveWhatPeopleNoted()
    {
        await RecordAsync(new FlowNotes
        {
            Marker = "red",
            Comment = "look at this",
            Tags = ["slow", "login"],
            IsPinned = true,
            Meta = new Dictionary<string, string> { ["ticket"] = "42" },
        });

        Assert.Equal("red|look at this|1|42", Query("SELECT marker, comment, pinned, json_extract(meta, '$.ticket') FROM flows"));
        Assert.Equal("1|42", Query("SELECT flows.id, json_extract(meta, '$.ticket') AS ticket FROM flows, json_each(flows.tags) AS tag WHERE tag.value = 'slow'"));
        Assert.Equal("login\nslow", Query("SELECT tag.value FROM flows, json_each(flows.tags) AS tag ORDER BY 1"));
        Assert.Equal("slow|1|1|1\nlogin|1|1|1", Query(Example("Flows of each tag")));
        Assert.StartsWith("1|red|1|look at this|", Query(Example("What people noted")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flows_WithoutNotes_HaveNone()
    {
        await RecordAsync();
        Assert.Equal("NULL|NULL|NULL|0|NULL", Query("SELECT marker, comment, tags, pinned, meta FROM flows"));
        Assert.Equal("", Query(Example("What people noted")));
    }

    [Fact]
    public async Task Views_HaveTheColumnsThatAreTold()
    {
        await RecordAsync();
        foreach (var view in SqlViews.All)
        {
            var lines = Query($"SELECT name FROM pragma_table_info('{view.Name}')");
            Assert.Equal(view.Columns.Select(column => column.Name), lines.Split('\n'));
            Query($"SELECT * FROM {view.Name}");
        }
    }

    [Fact]
    public async Task Examples_AllRun()
    {
        await RecordAsync();
        foreach (var example in SqlViews.Examples)
        {
            Query(example.Sql);
        }
    }

    [Theory]
    [InlineData("DELETE FROM flow", "DELETE is refused")]
    [InlineData("UPDATE flow SET host = 'x'", "UPDATE is refused")]
    [InlineData("INSERT INTO flow (id) VALUES (9)", "INSERT is refused")]
    [InlineData("DELETE FROM flows", "flows cannot be changed")]
    [InlineData("WITH a AS (SELECT 1) DELETE FROM content", "DELETE is refused")]
    [InlineData("DROP TABLE flow", "is refused")]
    [InlineData("DROP VIEW flows", "is refused")]
    [InlineData("CREATE TABLE t (a)", "is refused")]
    [InlineData("CREATE TEMP TABLE t AS SELECT 1", "is refused")]
    [InlineData("CREATE TEMP TRIGGER t INSTEAD OF DELETE ON flows BEGIN SELECT 1; END", "is refused")]
    [InlineData("ALTER TABLE flow RENAME TO g", "is refused")]
    [InlineData("ATTACH ':memory:' AS other", "ATTACH is refused")]
    [InlineData("VACUUM", "refused")]
    [InlineData("VACUUM INTO '/tmp/mitmweb-must-not-be-there'", "refused")]
    [InlineData("BEGIN", "refused")]
    [InlineData("PRAGMA query_only = OFF", "PRAGMA query_only may not be used")]
    [InlineData("PRAGMA writable_schema = ON", "PRAGMA writable_schema may not be used")]
    [InlineData("PRAGMA journal_mode", "PRAGMA journal_mode may not be used")]
    [InlineData("SELECT * FROM pragma_database_list", "refused")]
    [InlineData("SELECT load_extension('x')", "may not be called")]
    [InlineData("SELECT json_patch('{}', '{}')", "may not be called")]
    [InlineData("SELECT randomblob(100)", "may not be called")]
    [InlineData("REINDEX", "refused")]
    [InlineData("ANALYZE", "refused")]
    public async Task Run_WhatDoesMoreThanRead_IsRefused(string sql, string expected)
    {
        await RecordAsync();
        var before = await File.ReadAllBytesAsync(_files.Path);

        var problem = Assert.Throws<SqlException>(() => Query(sql));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_files.Path));
        Assert.False(File.Exists("/tmp/mitmweb-must-not-be-there"));
        Assert.Equal("1", Query("SELECT count(*) FROM flow"));
    }

    [Theory]
    [InlineData("SELECT hst FROM flows", "hst", "There is no column hst. Did you mean host?", "host")]
    [InlineData("SELECT 'hst', /* hst */ f.hst FROM flows f", "hst", "There is no column f.hst. Did you mean host?", "host")]
    [InlineData("SELECT * FROM flow_s", "flow_s", "There is no table or view flow_s. Did you mean flows?", "flows")]
    [InlineData("SELEC * FROM flows", "SELEC", "“SELEC” is not expected here.", null)]
    [InlineData("SELECT é, * FRM flows", "FRM", "“FRM” is not expected here.", null)]
    [InlineData("SELECT 1 WHERE '", "'", "“'” is no part of SQL.", null)]
    [InlineData("SELECT uppr(host) FROM flows", "uppr", "There is no function uppr.", null)]
    [InlineData("SELECT upper() FROM flows", "upper", "Wrong number of arguments to function upper().", null)]
    [InlineData("SELECT id FROM flows a, flows b", "id", "More than one of the tables has a column id; write the table's name and a dot before it.", null)]
    [InlineData("SELECT 1; SELECT 2", " SELECT 2", "Only one statement can be run at a time; take away what stands after the first semicolon.", null)]
    [InlineData("SELECT (1", "", "The statement is not complete: something is missing at its end.", null)]
    public async Task Run_WrongStatement_SaysWhatAndWhere(string sql, string place, string expected, string? suggestion)
    {
        await RecordAsync();

        var problem = Assert.Throws<SqlException>(() => Query(sql));

        Assert.Equal((expected, suggestion), (problem.Message, problem.Suggestion));
        Assert.Equal(place, sql.Substring(problem.Position!.Value, problem.Length));
        Assert.Equal(place.Length == 0 ? sql.Length : sql.LastIndexOf(place, StringComparison.Ordinal), problem.Position);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  -- nothing\n")]
    [InlineData(";")]
    public async Task Run_NoStatement_SaysSo(string sql)
    {
        await RecordAsync();
        Assert.Contains("There is no statement", Assert.Throws<SqlException>(() => Query(sql)).Message, StringComparison.Ordinal);
    }

    /// <summary>Each runs for hours or for ever when nothing stops it: in SQLite's machine, or within one of its steps.</summary>
    [Theory]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0")]
    [InlineData("SELECT replace(hex(zeroblob(2000000)), '0', 'a') LIKE '%' || printf('%.1000c', 'a') || 'b'")]
    [InlineData("SELECT replace(hex(zeroblob(2000000)), '0', 'a') GLOB '*' || printf('%.1000c', 'a') || 'b'")]
    public async Task Run_ForEver_IsStoppedAfterItsTime(string sql)
    {
        await RecordAsync();

        var problem = Assert.Throws<SqlException>(() => Query(sql, Test with { Time = TimeSpan.FromMilliseconds(300) }));

        Assert.True(problem.TimedOut);
        Assert.Contains("took longer than 0.3 s", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT replace(hex(zeroblob(500000)), '0', 'a') LIKE '%' || replace(printf('%.200c', 'a'), 'a', 'a%') || 'b'", "0")]
    [InlineData("SELECT instr(replace(hex(zeroblob(2000000)), '0', 'a'), printf('%.4000c', 'a') || 'b')", "0")]
    [InlineData("SELECT length(trim(replace(hex(zeroblob(2000000)), '0', 'a'), 'ba'))", "0")]
    public async Task Run_WhatSQLitesOwnFunctionsTakeHoursFor_Ends(string sql, string expected)
    {
        await RecordAsync();
        Assert.Equal(expected, Query(sql));
    }

    [Theory]
    [InlineData("SELECT replace(hex(zeroblob(4500000)), '0', 'a')", "more than 8 MiB")]
    [InlineData("SELECT instr('a', printf('%.5000c', 'a'))", "at most 4096 characters")]
    [InlineData("SELECT replace(replace(hex(zeroblob(2500000)), '0', 'a'), 'a', 'bcde')", "more than 8 MiB")]
    [InlineData("SELECT 'a' REGEXP '('", "cannot be read")]
    [InlineData("SELECT body_text(1, 'both')", "'both' is no side")]
    public async Task Run_TooMuchOrWrongAtRunTime_SaysSo(string sql, string expected)
    {
        await RecordAsync();
        Assert.Contains(expected, Assert.Throws<SqlException>(() => Query(sql)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Cancelled_Stops()
    {
        await RecordAsync();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        using var sql = SessionSql.Open(_files.Path);

        Assert.ThrowsAny<OperationCanceledException>(() => sql.Run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", Test, new LineOutput(), cancel.Token));
    }

    [Fact]
    public async Task Run_Limits_CutRowsAndBytes()
    {
        await RecordAsync();
        using var sql = SessionSql.Open(_files.Path);
        const string Numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i, printf('%.1000c', 'a') FROM n";

        Assert.Equal((100, SqlCut.None), Cut(sql.Run(Numbers, Test with { Rows = 100 }, new LineOutput())));
        Assert.Equal((99, SqlCut.Rows), Cut(sql.Run(Numbers, Test with { Rows = 99 }, new LineOutput())));
        Assert.Equal((9, SqlCut.Bytes), Cut(sql.Run(Numbers, Test with { Bytes = 10_000 }, new LineOutput())));
        Assert.Equal((0, SqlCut.Rows), Cut(sql.Run(Numbers, Test with { Rows = 0 }, new LineOutput())));

        static (long Rows, SqlCut Cut) Cut(SqlOutcome outcome) => (outcome.Rows, outcome.Cut);
    }

    [Theory]
    [InlineData("abc", "ABC", "1")]
    [InlineData("abc", "a%", "1")]
    [InlineData("abc", "%c", "1")]
    [InlineData("abc", "a_c", "1")]
    [InlineData("a😀c", "a_c", "1")]
    [InlineData("abc", "a_", "0")]
    [InlineData("abc", "", "0")]
    [InlineData("", "%", "1")]
    [InlineData("É", "é", "0")]
    [InlineData("abcabd", "%ab_", "1")]
    public async Task Like_IsAsSQLitesOwn(string text, string pattern, string expected)
    {
        await RecordAsync();
        Assert.Equal(expected, Query($"SELECT '{text}' LIKE '{pattern}'"));
        using var plain = Database.OpenRead(_files.Path);
        Assert.Equal(expected, plain.ScalarInt64($"SELECT '{text}' LIKE '{pattern}'").ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("'50%' LIKE '50!%' ESCAPE '!'")]
    [InlineData("'505' LIKE '50!%' ESCAPE '!'")]
    [InlineData("'a_c' LIKE 'a!_c' ESCAPE '!'")]
    [InlineData("'abc' GLOB 'a[a-c]c'")]
    [InlineData("'abc' GLOB 'a[^a-c]c'")]
    [InlineData("'abc' GLOB 'A*'")]
    [InlineData("'a]c' GLOB 'a[]]c'")]
    [InlineData("'abc' GLOB '*?'")]
    [InlineData("12345 LIKE '%34%'")]
    [InlineData("NULL LIKE 'a'")]
    [InlineData("instr('a😀bc', 'b')")]
    [InlineData("instr(x'010203', x'03')")]
    [InlineData("instr('abc', '')")]
    [InlineData("instr(12345, 34)")]
    [InlineData("replace('aXbX', 'X', 'yy')")]
    [InlineData("replace('aXbX', '', 'yy')")]
    [InlineData("trim('--a-b--', '-')")]
    [InlineData("ltrim('xyxa', 'xy')")]
    [InlineData("rtrim('a😀😀', '😀')")]
    public async Task OwnFunctions_AreAsSQLitesOwn(string expression)
    {
        await RecordAsync();
        using var plain = Database.OpenRead(_files.Path);
        using var statement = plain.Prepare($"SELECT {expression}");
        Assert.True(statement.Step());
        Assert.Equal(statement.NullableText(0) ?? "NULL", Query($"SELECT {expression}"));
    }

    [Fact]
    public async Task Regexp_FindsAndMinds()
    {
        await RecordAsync();
        Assert.Equal("1|0|1|NULL", Query("SELECT 'Abc' REGEXP '^A.c$', 'Abc' REGEXP 'abc', 'Abc' REGEXP '(?i)abc', NULL REGEXP 'a'"));
    }

    [Fact]
    public async Task Outputs_WriteEachKindOfValue()
    {
        await RecordAsync();
        const string Values = "SELECT 1 AS a, 2.5 AS a, NULL AS n, '' AS e, 'say \"x\", y' AS t, x'00ff' AS b, '=1+1' AS f, 9e999 AS i";

        Assert.Equal("a,a,n,e,t,b,f,i\r\n1,2.5,,\"\",\"say \"\"x\"\", y\",00ff,=1+1,∞\r\n".Replace("∞", double.PositiveInfinity.ToString("R", CultureInfo.InvariantCulture), StringComparison.Ordinal), Csv(Values, SqlBlobText.Hex, false));
        Assert.Contains(",AP8=,'=1+1,", Csv(Values, SqlBlobText.Base64, true), StringComparison.Ordinal);
        Assert.Equal("[{\"a\":1,\"a_2\":2.5,\"n\":null,\"e\":\"\",\"t\":\"say \\\"x\\\", y\",\"b\":\"00ff\",\"f\":\"=1+1\"}]\n", Json(Values.Replace(", 9e999 AS i", "", StringComparison.Ordinal), false));
        Assert.Equal("{\"a\":1}\n{\"a\":2}\n", Json("SELECT 1 AS a UNION ALL SELECT 2", true));
        Assert.Equal("[]\n", Json("SELECT 1 AS a WHERE 0", false));
    }

    [Fact]
    public async Task Table_LinesColumnsUp_AndLetsNothingThroughThatMovesTheCursor()
    {
        await RecordAsync();
        using var writer = new StringWriter();
        using var sql = SessionSql.Open(_files.Path);
        sql.Run("SELECT 'long text' AS name, 1 AS n UNION ALL SELECT 'a' || char(27) || char(10) || 'b', 123", Test, new TableOutput(writer, SqlBlobText.Hex));
        Assert.Equal("name         n\n---------  ---\nlong text    1\na�⏎b       123\n", writer.ToString());
    }

    private string Csv(string statement, SqlBlobText blobs, bool guard)
    {
        using var sql = SessionSql.Open(_files.Path);
        using var writer = new StringWriter();
        sql.Run(statement, Test, new CsvOutput(writer, blobs, guard));
        return writer.ToString();
    }

    private string Json(string statement, bool lines)
    {
        using var sql = SessionSql.Open(_files.Path);
        using var stream = new MemoryStream();
        using (var output = new JsonOutput(stream, lines, SqlBlobText.Hex))
        {
            sql.Run(statement, Test, output);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private string Query(string statement, SqlLimits? limits = null)
    {
        using var sql = SessionSql.Open(_files.Path);
        var output = new LineOutput();
        sql.Run(statement, limits ?? Test, output);
        return string.Join('\n', output.Lines);
    }

    /// <summary>One flow with everything that the views show.</summary>
    private async Task RecordAsync(FlowNotes? notes = null)
    {
        await using var store = FlowStore.Open(_files.Path);
        var flow = TestFlows.New(store);
        flow.Request = RequestHead.Parse("POST /login?a=1 HTTP/1.1\r\nHost: api.example.com\r\nX-Two: a\r\nx-two: b\r\n\r\n"u8.ToArray());
        flow.Path = "/login?a=1";
        await store.AppendBody(flow, MessageSide.Request, "a=b&c=d"u8.ToArray(), CancellationToken.None);
        flow.RequestBodySize = 7;
        flow.Response = ResponseHead.Parse(Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nSet-Cookie: é=1\r\n\r\n"));
        flow.ResponseTrailers = HeaderList.Parse("Checksum: 9\r\n\r\n"u8.ToArray());
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("hello world"u8);
        }

        await store.AppendBody(flow, MessageSide.Response, packed.ToArray(), CancellationToken.None);
        flow.ResponseBodySize = packed.Length;
        flow.Client.Tls = new TlsDetails { Version = "TLS 1.3", CipherSuite = "TLS_AES_128_GCM_SHA256", AlpnOffered = ["h2"] };
        await TestFlows.Finish(store, flow);
        await store.Flush();
        if (notes is not null)
        {
            await store.Annotate([flow.Id], _ => notes);
        }
    }

    private static string Example(string name) => SqlViews.Examples.Single(example => example.Title == name).Sql;

    private sealed class LineOutput : ISqlOutput
    {
        public List<string> Lines { get; } = [];

        public void Begin(IReadOnlyList<string> columns)
        {
        }

        public void Add(SqlRow row) => Lines.Add(string.Join('|', Enumerable.Range(0, row.Columns).Select(i => row.Kind(i) == SqlKind.Null ? "NULL" : row.Text(i))));

        public void End(SqlOutcome outcome)
        {
        }
    }
}
