using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

public sealed class FlowFilterTests : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Matches_AndSql_AlwaysAgree()
    {
        await using var store = FlowStore.Open(_files.Path);
        string[] hosts = ["Example.com", "::1", "ÄPFEL.example", "a_b.example", "10.0.0.1"];
        string[] paths = ["/", "/A%20b?x=1&y=_", "/100%", "/back\\slash", "/äöü", "/ÄÖÜ", "*", "/nul\0l", "/half\ud800", "/emoji😀", "/K\u212a"];
        foreach (var host in hosts)
        {
            foreach (var path in paths)
            {
                await TestFlows.Record(store, path, host);
            }
        }

        await store.Flush();
        var rows = TestFlows.All(store).Rows;
        string[] filters =
        [
            "", "  ", "example", "EXAMPLE.COM", "https://", "[::1]", "::1", ":443", "%", "_", "\\", "100%", "a_b", "äö", "ÄÖ", "ä", "Äpfel", "😀",
            "k", "\u212a", "\ufffd", "nul\0l", "half\ud800", "example 20b", "x=1 y=_ example", "'", "\"", "*", "?", "com/", "20B?X", "a%b", "//10.0.0.1/",
        ];
        foreach (var text in filters)
        {
            Assert.True(FlowFilter.TryParse(text, out var filter, out _));
            var page = store.QueryFlows(filter, FlowSort.ById, 0, 1000);
            Assert.Equal(rows.Where(filter.Matches).Select(row => row.Id), page.Rows.Select(row => row.Id));
            Assert.Equal(page.Rows.Count, page.Total);
            Assert.Equal(page.Total, store.CountFlows(filter).Total);
        }

        Assert.True(FlowFilter.TryParse("EXAMPLE.com", out var known, out _));
        Assert.Equal(paths.Length, rows.Count(known.Matches));
    }

    [Fact]
    public void TryParse_TooMuch_SaysSo()
    {
        Assert.False(FlowFilter.TryParse(new string('x', 2001), out _, out var tooLong));
        Assert.Contains("2001 characters", tooLong, StringComparison.Ordinal);
        Assert.False(FlowFilter.TryParse(string.Join(' ', Enumerable.Repeat("x", 101)), out _, out var tooMany));
        Assert.Contains("101 words", tooMany, StringComparison.Ordinal);
    }
}
