using System.Globalization;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Storage;
using Xunit.Abstractions;

namespace MitmWeb.Proxy.Tests.Filters;

public sealed class FilterAgreementTests(ITestOutputHelper output) : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    /// <summary>MITMWEB_FILTERS=500 MITMWEB_FILTERED_FLOWS=5000 for the long form.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PredicateAndSql_GiveTheSameSet(bool index)
    {
        var filters = Number("MITMWEB_FILTERS", 150);
        var flows = Number("MITMWEB_FILTERED_FLOWS", 400);
        await using var store = FlowStore.Open(_files.Path);
        await new FilteredFlows(store, 11).Record(flows);
        store.SwitchBodyIndex(index);
        while (index && store.BodyIndex.Done < 1)
        {
            await Task.Delay(20);
        }

        var subjects = new List<(FlowRow Row, FilterContent Content)>();
        foreach (var row in TestFlows.All(store).Rows)
        {
            subjects.Add((row, new StoredFlowContent(
                store.GetFlow(row.Id)!,
                await store.OpenBody(row.Id, MessageSide.Request, CancellationToken.None),
                await store.OpenBody(row.Id, MessageSide.Response, CancellationToken.None))));
        }

        Assert.Equal(flows, subjects.Count);
        var generator = new FilterGenerator(15);
        var (matches, some) = (0L, 0);
        for (var i = 0; i < filters; i++)
        {
            var text = generator.Next();
            Assert.True(FlowFilter.TryParse(text, out var filter, out var error), $"{text}: {error?.Message}");
            var expected = subjects.Where(subject => filter.Matches(subject.Row, subject.Content)).Select(subject => subject.Row.Id).ToArray();
            var page = store.QueryFlows(filter, FlowSort.ById, 0, flows);
            Assert.True(expected.SequenceEqual(page.Rows.Select(row => row.Id)), $"{text}: {string.Join(",", expected.Except(page.Rows.Select(row => row.Id)).Take(5))} only by the predicate, "
                + $"{string.Join(",", page.Rows.Select(row => row.Id).Except(expected).Take(5))} only by SQL");
            Assert.Equal(expected.Length, page.Total);
            Assert.Equal(expected.Length, store.CountFlows(filter).Total);
            matches += expected.Length;
            some += expected.Length > 0 && expected.Length < flows ? 1 : 0;
            if (!filter.NeedsContent)
            {
                Assert.Equal(expected, subjects.Where(subject => filter.Matches(subject.Row)).Select(subject => subject.Row.Id));
            }
        }

        output.WriteLine($"{filters} filters over {flows} flows: {matches} matches, {some} filters match some but not all.");
        Assert.True(some > filters / 3, $"Only {some} of {filters} filters tell flows apart.");
    }

    [Fact]
    public async Task SomeFlows_AndIds_AreFilteredAlike()
    {
        await using var store = FlowStore.Open(_files.Path);
        await new FilteredFlows(store, 5).Record(100);
        foreach (var text in new[] { "", "~b secret", "is:running", "~h ^x-test", "example" })
        {
            Assert.True(FlowFilter.TryParse(text, out var filter, out _));
            var expected = store.QueryFlows(filter, FlowSort.ById, 0, 1000).Rows.Select(row => row.Id).ToArray();
            var some = Enumerable.Range(1, 50).Select(id => (long)id).ToArray();
            Assert.Equal(expected.Where(id => id <= 50), store.Matching(filter, some).Order());
            Assert.Equal(expected, store.MatchingIds(filter, FlowSort.ById).Ids);
        }
    }

    /// <summary>The reader keeps a number of prepared statements; the one that is running must survive whatever its functions prepare.</summary>
    [Fact]
    public async Task Query_AfterAnyNumberOfOthers_KeepsItsStatement()
    {
        await using (var store = FlowStore.Open(_files.Path))
        {
            await new FilteredFlows(store, 6).Record(20);
        }

        for (var others = 55; others < 66; others++)
        {
            await using var store = FlowStore.Open(_files.Path);
            for (var terms = 1; terms <= others; terms++)
            {
                Assert.True(FlowFilter.TryParse(string.Join(' ', Enumerable.Repeat("a", terms)), out var filter, out _));
                store.CountFlows(filter);
            }

            Assert.True(FlowFilter.TryParse("~b . | ~h . | conn:1..", out var content, out _));
            Assert.Equal(20, store.CountFlows(content).Total);
        }
    }

    [Theory]
    [InlineData("~b '(?=(x+x+)+y)'")]
    [InlineData("~b '(x|xx)+\\1y'")]
    public async Task Query_HostileRegularExpression_EndsWithAReason(string text)
    {
        await using var store = FlowStore.Open(_files.Path);
        var flow = TestFlows.New(store);
        await store.AppendBody(flow, MessageSide.Request, System.Text.Encoding.ASCII.GetBytes(new string('x', 100_000)), CancellationToken.None);
        await store.Changed(flow, CancellationToken.None);
        await TestFlows.Finish(store, flow);
        await store.Flush();
        Assert.True(FlowFilter.TryParse(text, out var filter, out _));
        var problem = Assert.Throws<FilterException>(() => store.QueryFlows(filter, FlowSort.ById, 0, 10));
        Assert.Contains("takes too long", problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, TestFlows.All(store, "~b x+").Total);
    }

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
