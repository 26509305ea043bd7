using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Storage;
using MitmWeb.Proxy.Views;

namespace MitmWeb.Proxy.Tests.Views;

public sealed class SessionOutlineTests
{
    [Fact]
    public async Task Apply_RandomCommits_CountsAsAFreshReadingDoes()
    {
        using var folder = new TestFlows();
        await using var store = FlowStore.Open(folder.Path);
        var random = new Random(5);
        var outline = new SessionOutline(store);
        outline.Load(CancellationToken.None);
        using var commits = store.Subscribe();
        var running = new List<Flow>();
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 30; i++)
            {
                var flow = TestFlows.New(store, path: $"/v{random.Next(3)}/{random.Next(4)}?q={i}", host: $"{random.Next(3)}.example");
                await store.Changed(flow, CancellationToken.None);
                running.Add(flow);
            }

            foreach (var flow in running.Where(_ => random.Next(2) == 0).ToArray())
            {
                flow.Error = random.Next(4) == 0 ? new FlowError(FlowStep.Send, "It broke.") : null;
                TestFlows.Respond(flow);
                flow.State = flow.Error is null ? FlowState.Done : FlowState.Error;
                await store.Ended(flow);
                running.Remove(flow);
            }

            // What is opened late is counted from the file, which may be ahead of the commits.
            await store.Flush();
            outline.Below("1.example", "", CancellationToken.None);
            outline.Below("1.example", round < 5 ? "" : "/v1", CancellationToken.None);
            while (commits.TryRead() is { } changes)
            {
                outline.Apply(changes);
            }
        }

        Assert.False(outline.IsOutdated);
        var fresh = new SessionOutline(store);
        fresh.Load(CancellationToken.None);
        AssertSame(fresh.Hosts, outline.Hosts);
        AssertSame(fresh.Clients, outline.Clients);
        AssertSame(fresh.Types, outline.Types);
        AssertSame(fresh.Below("1.example", "", CancellationToken.None), outline.Below("1.example", "", CancellationToken.None));
        AssertSame(fresh.Below("1.example", "/v1", CancellationToken.None), outline.Below("1.example", "/v1", CancellationToken.None));
        Assert.Equal(300, outline.Hosts.Flows);
        Assert.Equal(["127.0.0.1"], outline.Clients.Entries.Keys);
        Assert.Contains(outline.Hosts.Entries.Values, entry => entry.Errors > 0);
        Assert.True(outline.Below("1.example", "", CancellationToken.None).Entries["v1"].HasMore);
    }

    [Fact]
    public async Task Below_QueriesExactAndRoot_ArePartsOfThePath()
    {
        using var folder = new TestFlows();
        await using var store = FlowStore.Open(folder.Path);
        foreach (var path in new[] { "/", "/a", "/a?x=/b/c", "/a/", "/a/b", "/ab", "*" })
        {
            await TestFlows.Record(store, path, "one.example");
        }

        await TestFlows.Record(store, "/a/b", "two.example");
        await store.Flush();
        var outline = new SessionOutline(store);
        outline.Load(CancellationToken.None);
        var below = outline.Below("one.example", "", CancellationToken.None).Entries;
        Assert.Equal(["", "a", "ab"], below.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((4, true), (below["a"].Flows, below["a"].HasMore));
        Assert.Equal(["", "b"], outline.Below("one.example", "/a", CancellationToken.None).Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(7, outline.Hosts.Entries["one.example"].Flows);
    }

    [Fact]
    public void Tally_MoreNamesThanAreToldApart_CountsTheRestTogether()
    {
        var tally = new Tally();
        for (var i = 0; i < Tally.MaxNames + 500; i++)
        {
            tally.Add($"{i}", 1, isError: false);
        }

        tally.Add("7", 1, isError: true);
        Assert.Equal(Tally.MaxNames, tally.Entries.Count);
        Assert.Equal(Tally.MaxNames + 501, tally.Flows);
        Assert.Equal("7", tally.Greatest(1).Keys.Single());
        tally.Add("9", -1, isError: false);
        Assert.DoesNotContain("9", tally.Entries.Keys);
    }

    private static void AssertSame(Tally expected, Tally actual)
    {
        Assert.Equal(expected.Flows, actual.Flows);
        Assert.Equal(
            expected.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value.Flows, entry.Value.Errors)),
            actual.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value.Flows, entry.Value.Errors)));
    }
}
