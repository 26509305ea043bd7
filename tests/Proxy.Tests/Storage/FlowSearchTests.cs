using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.SyntheticTraffic;

namespace MitmWeb.Proxy.Tests.Storage;

/// <summary>What several readers find together is what one finds alone.</summary>
public sealed class FlowSearchTests : IDisposable
{
    private const int Flows = 400;

    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task SharedSearch_FindsWhatOneReaderFinds()
    {
        await using (var store = FlowStore.Open(_files.Path))
        {
            // With wide gaps between the ids there are many ranges to share.
            var traffic = new TrafficGenerator(2);
            for (var i = 0; i < Flows; i++)
            {
                await traffic.Record(store);
                for (var gap = 0; gap < 500; gap++)
                {
                    store.NextFlowId();
                }
            }

            await store.Flush();
            await store.DeleteFlow(TestFlows.All(store, "", "id", 5, 1).Rows[0].Id);
        }

        string[] filters = ["", "host:api", "~d ^cdn", "method=POST & status:2xx", "!type:json", "~h cloudfront", "~b alpha", "cookie.theme:dark & is:error", "url:users", "host:nowhere", "tls:1.3"];
        string[] sorts = ["id", "-id", "host", "-host", "durationMs", "-status", "contentType", "-path", "startedAt", "error", "-tags", "marker"];
        var alone = await Ask(int.MaxValue);
        var together = await Ask(0);
        Assert.Equal(alone.Count, together.Count);
        foreach (var (question, answer) in alone)
        {
            Assert.True(answer.SequenceEqual(together[question]), question);
        }

        Assert.Equal(Flows - 1, alone[" by id"].Length);
        Assert.True(alone.Values.Count(answer => answer.Length is > 0 and < Flows - 1) > alone.Count / 4);

        async Task<Dictionary<string, long[]>> Ask(int worthSharing)
        {
            await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { FlowsWorthSharing = worthSharing });
            var answers = new Dictionary<string, long[]>();
            foreach (var text in filters)
            {
                Assert.True(FlowFilter.TryParse(text, out var filter, out _));
                foreach (var by in sorts)
                {
                    Assert.True(FlowSort.TryParse(by, out var sort));
                    var ids = store.MatchingIds(filter, sort).Ids;
                    answers.Add($"{text} by {by}", ids);
                    for (var offset = 0; offset <= ids.Length; offset += 90)
                    {
                        var page = store.QueryFlows(filter, sort, offset, 50);
                        Assert.Equal(ids.Length, page.Total);
                        Assert.Equal(ids.Skip(offset).Take(50), page.Rows.Select(row => row.Id));
                    }
                }

                Assert.Equal(answers[$"{text} by id"].Length, store.CountFlows(filter).Total);
            }

            // The order is that of SQLite: nothing first, texts by their bytes.
            var all = TestFlows.All(store).Rows;
            Assert.Equal(all.OrderBy(row => row.ContentType, StringComparer.Ordinal).ThenBy(row => row.Id).Select(row => row.Id), answers[" by contentType"]);
            Assert.Equal(all.OrderByDescending(row => row.Status ?? -1).ThenByDescending(row => row.Id).Select(row => row.Id), answers[" by -status"]);
            return answers;
        }
    }

    /// <summary>All readers must stand at the same commit: each change here is one flow, so that their number is the last change's.</summary>
    [Fact]
    public async Task SharedSearch_WhileFlowsCome_IsOfOneMoment()
    {
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { FlowsWorthSharing = 0, CommitInterval = TimeSpan.FromMilliseconds(1) });
        Assert.True(FlowFilter.TryParse("path:/", out var filter, out _));
        var client = TestFlows.Client(store);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 20_000 && !stop.IsCancellationRequested; i++)
            {
                for (var gap = 0; gap < 50; gap++)
                {
                    store.NextFlowId();
                }

                await TestFlows.Finish(store, TestFlows.New(store, client));
            }
        });
        var searches = 0;
        while (!writing.IsCompleted && searches < 100)
        {
            var found = store.MatchingIds(filter, FlowSort.ById);
            Assert.Equal(found.Seq, found.Ids.Length);
            Assert.Equal(found.Ids.Order(), found.Ids);
            searches++;
        }

        await stop.CancelAsync();
        await writing;
        Assert.True(searches > 0);
    }

    [Fact]
    public async Task MatchingIds_SlowSearch_TellsItsProgressAndCanBeStopped()
    {
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { FlowsWorthSharing = 0 });
        for (var i = 0; i < 30; i++)
        {
            await TestFlows.Record(store);
            for (var gap = 0; gap < 5000; gap++)
            {
                store.NextFlowId();
            }
        }

        await store.Flush();
        Assert.True(FlowFilter.TryParse("~b x", out var filter, out _));
        var shares = new List<double>();
        store.MatchingIds(filter, FlowSort.ById, shares.Add);
        Assert.True(shares.Count > 5);
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1]);

        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => store.MatchingIds(filter, FlowSort.ById, _ => stop.Cancel(), stop.Token));
        Assert.Equal(30, store.MatchingIds(FlowFilter.Everything, FlowSort.ById).Ids.Length);
    }
}
