using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace MitmWeb.Web.Tests.Api;

public sealed class FilterEndpointsTests
{
    [Fact]
    public async Task List_TakesTheLanguage()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record("/a", "one.example", Encoding.UTF8.GetBytes("the secret"));
        await dashboard.Record("/b", "two.example", Dashboard.Gzip("another secret"u8.ToArray()), "Content-Encoding: gzip\r\nX-Test: yes\r\n");
        await dashboard.Record("/c", "two.example");
        foreach (var (filter, paths) in new[] { ("~bs secret", "/a /b"), ("~d two -~hs x-test", "/c"), ("status:2xx header.X-TEST=yes", "/b"), ("!host:two", "/a") })
        {
            var page = await dashboard.Json($"/api/flows?filter={Uri.EscapeDataString(filter)}");
            Assert.Equal(paths, string.Join(' ', page.GetProperty("flows").EnumerateArray().Select(row => row.GetProperty("path").GetString())));
        }
    }

    [Fact]
    public async Task List_BadFilter_SaysWhereAndWhat()
    {
        await using var dashboard = await Dashboard.Start();
        var problem = await dashboard.Json("/api/flows?filter=a%20~z", HttpStatusCode.BadRequest);
        Assert.Equal("Unknown operator ~z; did you mean ~d?", problem.GetProperty("detail").GetString());
        Assert.Equal((2, 2, "~d"), (problem.GetProperty("position").GetInt32(), problem.GetProperty("length").GetInt32(), problem.GetProperty("suggestion").GetString()));
        Assert.NotEmpty(problem.GetProperty("expected").GetString()!);
    }

    [Fact]
    public async Task List_HostileRegularExpression_IsAProblemNotAFailure()
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record(body: Encoding.ASCII.GetBytes(new string('x', 100_000)));
        var problem = await dashboard.Json("/api/flows?filter=" + Uri.EscapeDataString("~b '(x|xx)+\\1y'"), HttpStatusCode.BadRequest);
        Assert.Contains("takes too long", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, (await dashboard.Json("/api/flows?filter=~s")).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Describe_SaysWhatItMeans_OrWhatIsWrong()
    {
        await using var dashboard = await Dashboard.Start();
        var right = await dashboard.Json("/api/filter?text=host:example");
        Assert.Equal("Flows where the host contains “example”.", right.GetProperty("description").GetString());
        Assert.Equal("null null", $"{right.GetProperty("error").GetRawText()} {right.GetProperty("completions").GetRawText()}");
        var wrong = (await dashboard.Json("/api/filter?text=(a")).GetProperty("error");
        Assert.Equal((0, 1), (wrong.GetProperty("position").GetInt32(), wrong.GetProperty("length").GetInt32()));
        await dashboard.Json("/api/filter?text=a&cursor=2", HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("~b", 2, 0, 2, "~b ,~bq ,~bs ")]
    [InlineData("a sch", 5, 2, 3, "scheme:")]
    [InlineData("is:er", 5, 3, 2, "error")]
    [InlineData("host:TWO", 8, 5, 3, "two.example")]
    [InlineData("host:a,e b", 8, 7, 1, "two.example,one.example")]
    [InlineData("(status:", 8, 8, 0, "200")]
    [InlineData("~d one", 6, 3, 3, "one\\.example")]
    [InlineData("!tw", 3, 1, 2, "host:two.example")]
    [InlineData("\"hos", 4, 0, 4, "")]
    [InlineData("ip:", 3, 3, 0, "")]
    public async Task Describe_WithACursor_CompletesWithValuesSeen(string text, int cursor, int start, int length, string inserts)
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record(host: "one.example");
        await dashboard.Record(host: "two.example");
        await dashboard.Record(host: "two.example");
        var completions = (await dashboard.Json($"/api/filter?text={Uri.EscapeDataString(text)}&cursor={cursor}")).GetProperty("completions");
        Assert.Equal(inserts, string.Join(',', completions.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("insert").GetString())));
        Assert.Equal((start, length), (completions.GetProperty("start").GetInt32(), completions.GetProperty("length").GetInt32()));
        Assert.All(
            completions.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("insert").GetString() == "two.example"),
            item => Assert.Equal("value 2", $"{item.GetProperty("kind").GetString()} {item.GetProperty("count").GetInt64()}"));
    }

    [Theory]
    [InlineData("tag:", 4, "slow 2,\"to do\" 1")]
    [InlineData("met", 0, "method: null,meta: null,meta. null")]
    [InlineData("meta.", 5, "ticket: 2,who: 1")]
    [InlineData("!meta.TI", 6, "ticket: 2")]
    [InlineData("meta.Ticket:", 12, "\"A 42\" 1,b7 1")]
    [InlineData("meta.ticket!=B", 13, "b7 1")]
    [InlineData("meta:ada", 5, "\"who: ada\" 1")]
    public async Task Describe_WithACursor_CompletesNotes(string text, int start, string items)
    {
        await using var dashboard = await Dashboard.Start();
        var first = await dashboard.Record();
        var second = await dashboard.Record();
        await dashboard.Client.PatchAsJsonAsync($"/api/flows/{first.Id}", new { tags = new[] { "slow", "to do" }, meta = new { ticket = "A 42", who = "ada" } });
        await dashboard.Client.PatchAsJsonAsync($"/api/flows/{second.Id}", new { tags = new[] { "slow" }, meta = new Dictionary<string, string> { ["Ticket"] = "b7", ["no name"] = "c" } });
        var completions = (await dashboard.Json($"/api/filter?text={Uri.EscapeDataString(text)}&cursor={text.Length}")).GetProperty("completions");
        Assert.Equal(items, string.Join(',', completions.GetProperty("items").EnumerateArray().Select(item =>
            $"{item.GetProperty("insert").GetString()} {item.GetProperty("count").GetRawText()}")));
        Assert.Equal(start, completions.GetProperty("start").GetInt32());
    }

    [Fact]
    public async Task Help_ExamplesCanAllBeRead()
    {
        await using var dashboard = await Dashboard.Start();
        var lines = (await dashboard.Json("/api/filter/help")).EnumerateArray().ToArray();
        Assert.True(lines.Length > 60, $"only {lines.Length} lines");
        foreach (var example in lines.Select(line => line.GetProperty("example").GetString()!))
        {
            var answer = await dashboard.Json("/api/filter?text=" + Uri.EscapeDataString(example));
            Assert.True(answer.GetProperty("error").ValueKind == System.Text.Json.JsonValueKind.Null, $"{example}: {answer.GetProperty("error").GetRawText()}");
        }
    }
}
