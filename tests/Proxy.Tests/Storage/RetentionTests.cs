using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

public sealed class RetentionTests : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task MaxFlows_Passed_TheOldestGo()
    {
        await using var store = Open();
        store.Retention = new RetentionPolicy(null, 100, null);
        for (var i = 0; i < 1000; i++)
        {
            await TestFlows.Record(store, $"/{i}");
        }

        await Until(() => store.GetStats().Flows == 100);
        Assert.Equal(Enumerable.Range(900, 100).Select(i => $"/{i}"), TestFlows.All(store).Rows.Select(row => row.Path));
        Assert.Equal("/950", TestFlows.All(store, offset: 50, limit: 1).Rows.Single().Path);
        using var database = Database.OpenRead(_files.Path);
        Assert.Equal(100, database.ScalarInt64("SELECT count(*) FROM connection"));
        Assert.Equal(100, database.ScalarInt64("SELECT count(*) FROM content"));
    }

    [Fact]
    public async Task MaxBytes_Passed_PagesInUseStayBelowAndTheirRoomIsUsedAgain()
    {
        const long Limit = 8 * 1024 * 1024;
        await using var store = Open();
        store.Retention = new RetentionPolicy(null, null, Limit);
        for (var i = 0; i < 100; i++)
        {
            var flow = TestFlows.New(store);
            await store.AppendBody(flow, MessageSide.Response, TestFlows.Bytes(400_000), CancellationToken.None);
            await TestFlows.Finish(store, flow);
        }

        await Until(() => store.GetStats() is { Flows: < 100 } stats && stats.UsedBytes <= Limit && stats.Flows > 5);
        Assert.Equal(100, TestFlows.All(store, sort: "-id", limit: 1).Rows.Single().Id);
        Assert.Equal(TestFlows.Bytes(400_000), await TestFlows.ReadAll(store, 100, MessageSide.Response));
    }

    [Fact]
    public async Task MaxAge_Passed_TheOldGoAndTheYoungStay()
    {
        var clock = new FixedTime(TestFlows.Start.AddDays(10));
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { CommitInterval = TimeSpan.FromMilliseconds(1), TimeProvider = clock });
        for (var i = 0; i < 20; i++)
        {
            await TestFlows.Record(store);
        }

        store.Retention = new RetentionPolicy(TimeSpan.FromDays(11), null, null);
        await TestFlows.Record(store);
        await store.Flush();
        Assert.Equal(21, store.GetStats().Flows);

        clock.Now = TestFlows.Start.AddDays(12);

        await Until(() => store.GetStats().Flows == 0);
    }

    [Fact]
    public async Task Limits_FlowsThatRun_Stay()
    {
        await using var store = Open();
        var running = TestFlows.New(store, path: "/running");
        await store.Changed(running, CancellationToken.None);
        store.Retention = new RetentionPolicy(null, 5, null);
        for (var i = 0; i < 50; i++)
        {
            await TestFlows.Record(store, $"/{i}");
        }

        await Until(() => store.GetStats().Flows == 5);
        Assert.Equal("/running", TestFlows.All(store, limit: 1).Rows.Single().Path);
    }

    [Fact]
    public async Task ConnectionThatGoesOn_AfterItsFlowsWereRemoved_IsStoredAgain()
    {
        await using var store = Open();
        var client = TestFlows.Client(store);
        for (var i = 0; i < 3; i++)
        {
            await TestFlows.Finish(store, TestFlows.New(store, client));
        }

        store.Retention = new RetentionPolicy(null, 0, null);
        await Until(() => store.GetStats().Flows == 0);
        store.Retention = RetentionPolicy.None;
        var flow = TestFlows.New(store, client);
        await TestFlows.Finish(store, flow);
        await store.Flush();

        Assert.Equal(50312, store.GetFlow(flow.Id)!.Client.RemoteEndPoint.Port);
        Assert.Equal(8080, store.GetFlow(flow.Id)!.Client.LocalEndPoint.Port);
    }

    [Fact]
    public async Task VeryLongBody_IsRemovedInSteps()
    {
        await using var store = Open();
        var flow = TestFlows.New(store);
        for (var i = 0; i < 100; i++)
        {
            await store.AppendBody(flow, MessageSide.Response, new byte[256 * 1024], CancellationToken.None);
        }

        await TestFlows.Finish(store, flow);
        await store.Flush();
        store.Retention = new RetentionPolicy(null, 0, null);

        await Until(() => store.GetStats().Flows == 0);
        using var database = Database.OpenRead(_files.Path);
        Assert.Equal(0, database.ScalarInt64("SELECT count(*) FROM body_chunk"));
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 1000, "It did not come to that.");
            await Task.Delay(20);
        }
    }

    private FlowStore Open() => FlowStore.Open(_files.Path, new FlowStoreOptions { CommitInterval = TimeSpan.FromMilliseconds(1) });

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
