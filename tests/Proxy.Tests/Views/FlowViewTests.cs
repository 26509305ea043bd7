using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Filters;
using MitmWeb.Proxy.Tests.Storage;
using MitmWeb.Proxy.Views;

namespace MitmWeb.Proxy.Tests.Views;

public sealed class FlowViewTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Apply_RandomCommits_IsWhatAFreshSearchFinds(int seed)
    {
        using var folder = new TestFlows();
        await using var store = FlowStore.Open(folder.Path);
        var random = new Random(seed);
        var flows = new FilteredFlows(store, seed);
        await flows.Record(1500);
        var generator = new FilterGenerator(seed);
        string[] sorts = [.. FlowSort.Names];
        var views = Enumerable.Range(0, 24)
            .Select(i => new FlowView(store, Filter(i < 8 ? "" : generator.Next()), Sort((i % 2 == 0 ? "-" : "") + sorts[random.Next(sorts.Length)])))
            .ToList();
        using var subscription = store.Subscribe();
        var pending = views.ConvertAll(_ => new PendingChanges());
        views.ForEach(view => view.Load(null, CancellationToken.None));
        var running = new List<Flow>();
        for (var round = 0; round < 12; round++)
        {
            await flows.Record(random.Next(120));
            for (var i = 0; i < 20; i++)
            {
                var flow = TestFlows.New(store, path: $"/v1/{random.Next(5)}", host: $"{random.Next(5)}.example");
                await store.Changed(flow, CancellationToken.None);
                running.Add(flow);
            }

            foreach (var flow in running.Where(_ => random.Next(3) == 0).ToArray())
            {
                flow.ResponseBodySize = random.Next(10);
                await TestFlows.Finish(store, flow);
                running.Remove(flow);
            }

            for (var i = 0; i < 5; i++)
            {
                await store.DeleteFlow(random.Next(1, 2000));
            }

            await store.Flush();
            while (subscription.TryRead() is { } changes)
            {
                pending.ForEach(one => one.Add(changes));
            }

            for (var i = 0; i < views.Count; i++)
            {
                // Some fall behind, so that a flow's changes come together; some look while they are behind.
                if (random.Next(3) == 0)
                {
                    _ = views[i].Range(random.Next(1000), 50);
                    continue;
                }

                views[i].Apply(pending[i], views[i].Decide(pending[i], CancellationToken.None));
                pending[i] = new PendingChanges();
            }
        }

        for (var i = 0; i < views.Count; i++)
        {
            var view = views[i];
            view.Apply(pending[i], view.Decide(pending[i], CancellationToken.None));
            var expected = store.MatchingIds(view.Filter, view.Sort).Ids;
            Assert.Equal(expected.Length, view.Total);
            Assert.Equal(expected.Order().LastOrDefault(), view.LastId);
            Assert.Equal(expected, view.Range(0, int.MaxValue));
            for (var j = 0; j < Math.Min(20, expected.Length); j++)
            {
                var at = random.Next(expected.Length);
                Assert.Equal(at, view.PositionOf(expected[at]));
                Assert.Equal(expected.Skip(at).Take(30), view.Range(at, 30));
            }
        }
    }

    [Fact]
    public async Task Apply_ManyFlowsOfOneKey_StandInTheOrderOfTheirIds()
    {
        using var folder = new TestFlows();
        await using var store = FlowStore.Open(folder.Path);
        var client = TestFlows.Client(store);
        using var subscription = store.Subscribe();
        var view = new FlowView(store, FlowFilter.Everything, Sort("host"));
        view.Load(null, CancellationToken.None);
        for (var i = 0; i < 3000; i++)
        {
            var flow = TestFlows.New(store, client, host: i % 3 == 0 ? "b.example" : "a.example");
            await TestFlows.Finish(store, flow);
        }

        await store.Flush();
        var pending = new PendingChanges();
        while (subscription.TryRead() is { } changes)
        {
            pending.Add(changes);
        }

        Assert.True(view.Apply(pending, view.Decide(pending, CancellationToken.None)));
        var ids = view.Range(0, 3000);
        Assert.Equal(Enumerable.Range(0, 3000).Where(i => i % 3 != 0).Concat(Enumerable.Range(0, 1000).Select(i => i * 3)).Select(i => i + 1L), ids);
        Assert.Equal(2000, view.PositionOf(1));
    }

    [Fact]
    public async Task Apply_DeletedAndUnknown_LeavesNoTrace()
    {
        using var folder = new TestFlows();
        await using var store = FlowStore.Open(folder.Path);
        var first = await TestFlows.Record(store);
        var second = await TestFlows.Record(store);
        await store.Flush();
        var view = new FlowView(store, FlowFilter.Everything, Sort("-path"));
        view.Load(null, CancellationToken.None);
        var pending = new PendingChanges();
        pending.Add(new FlowChanges(view.Seq + 1, [], [first.Id, 999], Reset: false));
        Assert.True(view.Apply(pending, view.Decide(pending, CancellationToken.None)));
        Assert.Equal([second.Id], view.Range(0, 10));
        Assert.Null(view.PositionOf(first.Id));
        Assert.Empty(view.Range(5, 10));
    }

    [Fact]
    public void IdSet_AnyOrder_KeepsPositions()
    {
        var random = new Random(3);
        var set = new IdSet();
        var expected = new SortedSet<long>();
        for (var i = 0; i < 20_000; i++)
        {
            var id = random.NextInt64(1, 30_000);
            Assert.True(random.Next(4) == 0 ? expected.Remove(id) == set.Remove(id) : expected.Add(id) == set.Add(id));
        }

        Assert.Equal(expected.Count, set.Count);
        Assert.Equal(expected.Max, set.Last);
        long[] ids = [.. expected];
        Assert.Equal(ids, set.Range(0, int.MaxValue));
        for (var i = 0; i < ids.Length; i += 97)
        {
            Assert.Equal(i, set.CountBefore(ids[i]));
            Assert.Equal(ids.Skip(i).Take(7), set.Range(i, 7));
        }

        Assert.Empty(set.Range(ids.Length, 5));
    }

    private static FlowFilter Filter(string text) => FlowFilter.TryParse(text, out var filter, out var error) ? filter : throw new InvalidOperationException(error.Message);

    private static FlowSort Sort(string text) => FlowSort.TryParse(text, out var sort) ? sort : throw new InvalidOperationException(text);
}
