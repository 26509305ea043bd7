using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

public sealed class DeletionTests : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Undelete_SomeFlows_BringsThemBackWithAllTheyHeld()
    {
        await using var store = FlowStore.Open(_files.Path);
        var body = TestFlows.Bytes(200_000);
        var large = TestFlows.New(store, path: "/large");
        await store.AppendBody(large, MessageSide.Response, body, CancellationToken.None);
        await TestFlows.Finish(store, large);
        var kept = await TestFlows.Record(store);
        var running = TestFlows.New(store, path: "/running");
        await store.Changed(running, CancellationToken.None);
        await store.AppendBody(running, MessageSide.Request, "abc"u8.ToArray(), CancellationToken.None);
        await store.Flush();
        await store.Annotate([large.Id], notes => notes with { Marker = "red", Tags = ["x"] });
        var before = TestFlows.All(store);

        var deletion = (await store.DeleteFlows([large.Id, running.Id, 99]))!;
        Assert.Equal(2, deletion.Flows);
        Assert.Equal([kept.Id], TestFlows.All(store).Rows.Select(row => row.Id));
        Assert.Equal(1, store.GetStats().Flows);
        Assert.Null(store.GetFlow(large.Id));
        Assert.Null(await store.OpenBody(large.Id, MessageSide.Response, CancellationToken.None));
        Assert.Empty(store.SeenValues(10).Values(FilterField.Mark, null, ""));
        Assert.Equal([deletion.Id], store.Deletions().Select(one => one.Id));
        await TestFlows.Finish(store, running);

        using var subscription = store.Subscribe();
        Assert.Equal(2, await store.Undelete(deletion.Id));
        Assert.Null(await store.Undelete(deletion.Id));
        Assert.Empty(store.Deletions());
        var rows = TestFlows.All(store).Rows;
        Assert.Equal(before.Rows.Select(row => row.Id), rows.Select(row => row.Id));
        Assert.Equal(before.Rows[0] with { Seq = rows[0].Seq }, rows[0]);
        Assert.True(rows[0].Seq > before.Seq);
        Assert.Equal(body, await TestFlows.ReadAll(store, large.Id, MessageSide.Response));
        Assert.Equal(FlowState.Error, rows[2].State);
        Assert.Contains("deleted while it ran", rows[2].Error, StringComparison.Ordinal);
        Assert.Equal("abc"u8.ToArray(), await TestFlows.ReadAll(store, running.Id, MessageSide.Request));
        Assert.Equal([large.Id, running.Id], subscription.TryRead()!.Rows.Select(change => change.Row.Id));

        // Who follows the file and was away the whole time finds them changed, not removed.
        Assert.Empty(_files.RemovedSince(before.Seq));
    }

    [Theory]
    [InlineData(50, 30)]
    [InlineData(Deletions.MaxMoved + 2500, Deletions.MaxMoved + 2400)]
    [InlineData(Deletions.MaxMoved + 2500, Deletions.MaxMoved + 2500)]
    [InlineData(Deletions.MaxMoved + 2500, 100)]
    public async Task Undelete_Clearing_GivesTheListBackAlsoWithWhatCameMeanwhile(int count, int upTo)
    {
        await using (var store = FlowStore.Open(_files.Path))
        {
            for (var i = 0; i < count; i++)
            {
                await TestFlows.Record(store, $"/{i}");
            }

            await store.Flush();
            var before = TestFlows.All(store).Rows;
            var deletion = (await store.DeleteFlowsUpTo(upTo))!;
            Assert.Equal(upTo, deletion.Flows);
            Assert.Equal(count - upTo, TestFlows.All(store).Total);
            Assert.Equal(before.Skip(upTo), TestFlows.All(store).Rows);
            Assert.Equal(count - upTo, TestFlows.All(store, "example").Total);
            var later = await TestFlows.Record(store, "/later");
            await store.Flush();
            Assert.Equal(count - upTo + 1, store.GetStats().Flows);
            Assert.Equal(later.Client.Id, store.GetFlow(later.Id)!.Client.Id);

            Assert.Equal(upTo, await store.Undelete(deletion.Id));
            var after = TestFlows.All(store).Rows;
            Assert.Equal([.. before.Select(row => row.Id), later.Id], after.Select(row => row.Id));
            Assert.Equal(before.Select(row => row with { Seq = 0 }), after.SkipLast(1).Select(row => row with { Seq = 0 }));
            Assert.Equal(after.Skip(upTo / 2).Take(5), store.QueryFlows(FlowFilter.Everything, FlowSort.ById, upTo / 2, 5).Rows);
            Assert.NotNull(store.GetFlow(1)!.Request);

            // Once more the same, and this time it stays.
            Assert.Equal(upTo, (await store.DeleteFlowsUpTo(upTo))!.Flows);
        }

        await using (var reopened = FlowStore.Open(_files.Path, new FlowStoreOptions { CommitInterval = TimeSpan.Zero }))
        {
            Assert.Empty(reopened.Deletions());
            Assert.Null(await reopened.Undelete(2));
            await Poll(async () =>
            {
                await reopened.Flush();
                return Scalar("SELECT count(*) FROM deletion") == 0;
            });
            Assert.Equal(count - upTo + 1, TestFlows.All(reopened).Total);
        }

        Assert.Equal(count - upTo + 1, Scalar("SELECT count(*) FROM content"));
        Assert.Equal(0, Scalar("SELECT count(*) FROM deleted_flow"));
        Assert.Equal(0, Scalar("SELECT count(*) FROM sqlite_master WHERE name LIKE 'cleared%'"));
        Assert.Equal(Scalar("SELECT count(*) FROM sqlite_master WHERE tbl_name = 'flow' AND type = 'index'"), NewFileIndexes());
    }

    [Fact]
    public async Task UndoTime_Passed_RemovesForGood()
    {
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { UndoTime = TimeSpan.Zero });
        var flow = TestFlows.New(store);
        await store.AppendBody(flow, MessageSide.Response, TestFlows.Bytes(200_000), CancellationToken.None);
        await TestFlows.Finish(store, flow);
        await store.Flush();
        Assert.NotNull(await store.DeleteFlow(flow.Id));
        await Poll(async () =>
        {
            await store.Flush();
            return Scalar("SELECT count(*) FROM body_chunk") + Scalar("SELECT count(*) FROM content") + Scalar("SELECT count(*) FROM deletion") == 0;
        });
        Assert.Null(await store.Undelete(1));
    }

    private static long NewFileIndexes()
    {
        using var files = new TestFlows();
        FlowStore.Open(files.Path).DisposeAsync().AsTask().GetAwaiter().GetResult();
        using var database = Database.OpenRead(files.Path);
        return database.ScalarInt64("SELECT count(*) FROM sqlite_master WHERE tbl_name = 'flow' AND type = 'index'");
    }

    private static async Task Poll(Func<Task<bool>> condition)
    {
        var until = DateTime.UtcNow.AddSeconds(60);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < until, "It has not come so far in a minute.");
            await Task.Delay(20);
        }
    }

    private long Scalar(string sql)
    {
        using var database = Database.OpenRead(_files.Path);
        return database.ScalarInt64(sql);
    }
}
