using System.Text;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Storage;

namespace MitmWeb.Proxy.Tests.Filters;

/// <summary>Searches look at the heads' bytes as they were sent, the predicate at header lines: heads that people seldom see must not tell them apart.</summary>
public sealed class HeadTestTests : IDisposable
{
    private static readonly string[] Heads =
    [
        "GET /first-line HTTP/1.1\r\nHost: a.test\r\nX-Test:close\r\n\r\n",
        "GET / HTTP/1.1\r\nX-Test:   wide \t \r\nCookie: a=1; session = two ;b=3\r\n\r\n",
        "GET / HTTP/1.1\nX-Test: bare\nOther: session=1\n\n",
        "GET / HTTP/1.1\r\nX-Test: folded\r\n  onto this: line \r\nNext: x\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon here\r\nX-Test : space before\r\n: no name\r\n\r\n",
        "GET / HTTP/1.1\r\nX-Test: caf\u00e9 k\u00e4se\r\nCookie: session=\u00e9\r\n\r\n",
        "GET / HTTP/1.1\r\nX-Test: \r\nx-test:\r\n\r\n",
        "GET /never-ends HTTP/1.1",
        "",
        "GET / HTTP/1.1\r\n:protocol: websocket\r\nx-test: \u00e2\u0084\u00aaelvin\r\nCookie: =; ; session=abc\r\n\r\n",
    ];

    private static readonly string[] Filters =
    [
        "header:close", "header:wide", "header:\"wide \"", "header:\" wide\"", "header:\"x-test: wide\"", "header:\"x-test:wide\"", "header:\"x-test:close\"", "header=\"X-Test: close\"",
        "header!=\"x-test: close\"", "header:first-line", "header:never", "header:\"folded onto\"", "header:\"this: line\"", "header:onto", "header:\"no colon\"", "header:\"here: \"",
        "header:\": no name\"", "header:\"space before\"", "header:protocol", "header.x-test:bare", "header.x-test!=close", "header.no:x", "header.x-test:caf\u00e9",
        "header:k\u00c4se", "header:kelvin", "~h kelvin", "~h ^x-test", "~h \"x-test: close$\"", "~h \"test: wide$\"", "~h onto.this", "~h \"folded\\s+onto\"", "~h \"bare\\nother\"",
        "~h \"^x-test: .*e$\"", "~h caf.", "~h \"a.test|bare\"", "header:/X-Test: [cw]/", "header:/x-test/", "~hq ^host", "~hs ^host", "cookie.session:two", "cookie.session=two", "cookie.session:\u00e9",
        "cookie.session!=two", "cookie.a=1", "cookie.b:3", "cookie.session:abc", "cookie.k:x", "header.x-test:/^$/", "~h \"colon here: $\"",
    ];

    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task OddHeads_SearchAndPredicate_Agree()
    {
        await using var store = FlowStore.Open(_files.Path);
        foreach (var head in Heads)
        {
            var flow = TestFlows.New(store);
            flow.Request = RequestHead.Parse(Encoding.Latin1.GetBytes(head));
            flow.ResponseTrailers = HeaderList.Parse("X-Late: close to the end\r\n\r\n"u8.ToArray());
            await TestFlows.Finish(store, flow);
        }

        await store.Flush();
        var subjects = TestFlows.All(store).Rows.Select(row => (Row: row, Content: new StoredFlowContent(store.GetFlow(row.Id)!, null, null))).ToArray();
        foreach (var text in Filters)
        {
            Assert.True(FlowFilter.TryParse(text, out var filter, out var error), $"{text}: {error?.Message}");
            var expected = subjects.Where(subject => filter.Matches(subject.Row, subject.Content)).Select(subject => subject.Row.Id);
            var found = store.QueryFlows(filter, FlowSort.ById, 0, 100).Rows.Select(row => row.Id);
            Assert.True(expected.SequenceEqual(found), $"{text}: {string.Join(",", expected)} by the predicate, {string.Join(",", found)} by the search");
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], TestFlows.All(store, "header:close").Rows.Select(row => row.Id));
        Assert.Equal([1], TestFlows.All(store, "reqheader:close").Rows.Select(row => row.Id));
        Assert.Equal([2], TestFlows.All(store, "cookie.session=two").Rows.Select(row => row.Id));
    }
}
