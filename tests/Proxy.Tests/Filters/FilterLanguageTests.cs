using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Storage;

namespace MitmWeb.Proxy.Tests.Filters;

public sealed class FilterLanguageTests : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("~d API", false)]
    [InlineData("~d api", true)]
    [InlineData("~d (?i)API", true)]
    [InlineData("host:API", true)]
    [InlineData("EXAMPLE", true)]
    [InlineData("~h ^user-agent", false)]
    [InlineData("~h ^User-Agent", true)]
    public async Task CaseSensitive_OnlyTheOperatorsLookAtCase(string text, bool expected)
    {
        await using var store = FlowStore.Open(_files.Path);
        await TestFlows.Record(store);
        await store.Flush();
        var language = new FilterLanguage { IsCaseSensitive = true };
        Assert.True(FlowFilter.TryParse(text, out var filter, out _, language: language));
        Assert.Equal(expected ? 1 : 0, store.CountFlows(filter).Total);
        var row = TestFlows.All(store).Rows.Single();
        Assert.Equal(expected, filter.Matches(row, new StoredFlowContent(store.GetFlow(row.Id)!, null, null)));
        Assert.True(FlowFilter.TryParse(FilterPrinter.Print(filter.Tree), out var again, out _));
        Assert.Equal(filter.Tree, again.Tree);
    }

    [Theory]
    [InlineData("text/html", "html")]
    [InlineData("application/xhtml+xml", "html")]
    [InlineData("text/javascript", "js")]
    [InlineData("application/wasm", "js")]
    [InlineData("text/css", "css")]
    [InlineData("image/svg+xml", "image")]
    [InlineData("application/font-woff", "font")]
    [InlineData("font/woff2", "font")]
    [InlineData("video/mp4", "media")]
    [InlineData("application/json", "data")]
    [InlineData("application/vnd.api+json", "data")]
    [InlineData("application/x-ndjson", "data")]
    [InlineData("text/xml", "data")]
    [InlineData("application/atom+xml", "data")]
    [InlineData("application/x-www-form-urlencoded", "data")]
    [InlineData("application/grpc", "data")]
    [InlineData("text/event-stream", "data")]
    [InlineData("text/plain", "")]
    [InlineData("application/octet-stream", "")]
    public async Task Type_OfResponse_IsOneOfThoseThatHaveButtons(string contentType, string expected)
    {
        await using var store = FlowStore.Open(_files.Path);
        await TestFlows.Record(store);
        await store.Flush();
        var row = TestFlows.All(store).Rows.Single() with { ContentType = contentType };
        var found = new[] { "html", "js", "css", "image", "font", "media", "data" }.Where(word =>
        {
            Assert.True(FlowFilter.TryParse($"is:{word}", out var filter, out _));
            return filter.Matches(row);
        });
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Fact]
    public void Views_ManyOfMany_CountAsWhatTheyStandFor()
    {
        var views = new List<SavedView> { new("v0", "a b c d") };
        for (var i = 1; i < 60; i++)
        {
            views.Add(new SavedView($"v{i}", $"view:v{i - 1} | view:v{i - 1}"));
        }

        var language = new FilterLanguage { Saved = new SavedFilters(views, []) };
        Assert.True(FlowFilter.TryParse("view:v4", out _, out _, language: language));
        Assert.False(FlowFilter.TryParse("view:v8", out _, out var error, language: language));
        Assert.Contains("more than 200 terms", error.Message, StringComparison.Ordinal);
        Assert.False(FlowFilter.TryParse("view:v59", out _, out error, language: language));
    }
}
