using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MitmWeb.Web.Tests.Api;

public sealed class SqlEndpointsTests
{
    [Fact]
    public async Task Run_GivesColumnsAndRows()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/a", "one.example");
        await dashboard.Record("/b", "two.example");

        var answer = await Post(dashboard, "/api/sql", new { sql = "SELECT id, path, NULL AS n, 1.5, x'ff' FROM flows ORDER BY id" });

        Assert.Equal("[\"id\",\"path\",\"n\",\"1.5\",\"x'ff'\"]", answer.GetProperty("columns").GetRawText().Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Equal("[[1,\"/a\",null,1.5,\"ff\"],[2,\"/b\",null,1.5,\"ff\"]]", answer.GetProperty("rows").GetRawText());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("cut").ValueKind);
        Assert.Equal("rows", (await Post(dashboard, "/api/sql", new { sql = "SELECT id FROM flows", limit = 1 })).GetProperty("cut").GetString());
    }

    [Fact]
    public async Task Run_WrongStatement_SaysWhere_AndOneThatWritesIsRefused()
    {
        await using var dashboard = await Dashboard.Start();

        var wrong = await Post(dashboard, "/api/sql", new { sql = "SELECT hst FROM flows" }, HttpStatusCode.BadRequest);
        Assert.Equal((7, 3, "host"), (wrong.GetProperty("position").GetInt32(), wrong.GetProperty("length").GetInt32(), wrong.GetProperty("suggestion").GetString()));
        var refused = await Post(dashboard, "/api/sql", new { sql = "DELETE FROM flow" }, HttpStatusCode.BadRequest);
        Assert.Contains("DELETE is refused", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var late = await Post(
            dashboard, "/api/sql", new { sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", timeoutMs = 200 }, HttpStatusCode.BadRequest);
        Assert.Equal("Statement stopped", late.GetProperty("title").GetString());
        await Post(dashboard, "/api/sql", new { sql = "SELECT 1", limit = 0 }, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("csv", "text/csv; charset=utf-8", "path,f\r\n/a,'=1\r\n")]
    [InlineData("json", "application/json", "[{\"path\":\"/a\",\"f\":\"=1\"}]\n")]
    [InlineData("jsonl", "application/x-ndjson", "{\"path\":\"/a\",\"f\":\"=1\"}\n")]
    public async Task RunToFile_GivesTheFile(string format, string type, string expected)
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/a");

        using var response = await dashboard.Client.PostAsJsonAsync("/api/sql/file", new { sql = "SELECT path, '=1' AS f FROM flows", format, guardFormulas = true });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((type, "1"), (response.Content.Headers.ContentType!.ToString(), response.Headers.GetValues("X-Rows").Single()));
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Schema_HasViewsFunctionsAndExamples()
    {
        await using var dashboard = await Dashboard.Start();
        var schema = await dashboard.Json("/api/sql");
        Assert.Equal(["flows", "headers", "messages", "connections", "certificates"], schema.GetProperty("views").EnumerateArray().Select(view => view.GetProperty("name").GetString()));
        Assert.NotEmpty(schema.GetProperty("functions").EnumerateArray());
        Assert.NotEmpty(schema.GetProperty("examples").EnumerateArray());
    }

    private static async Task<JsonElement> Post(Dashboard dashboard, string path, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await dashboard.Client.PostAsJsonAsync(path, body);
        Assert.Equal(expected, response.StatusCode);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }
}
