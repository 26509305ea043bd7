using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

public sealed class FlowNotesTests : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Annotate_RunningFlow_KeepsItsNotesToTheEndAndTellsEachChange()
    {
        await using (var store = FlowStore.Open(_files.Path))
        {
            var flow = TestFlows.New(store);
            await store.Changed(flow, CancellationToken.None);
            await store.Flush();
            var before = TestFlows.All(store).Rows.Single();
            using var subscription = store.Subscribe();

            Assert.Equal(1, await store.Annotate([flow.Id, 99], notes => notes with { Marker = " red ", Comment = "look\nhere", IsPinned = true }));
            var change = subscription.TryRead()!.Rows.Single();
            Assert.Equal(("red", "look\nhere", true), (change.Row.Marker, change.Row.Comment, change.Row.IsPinned));
            Assert.True(change.Row.Seq > before.Seq);
            Assert.Equal(before, change.Before);
            Assert.Equal(change.Row, TestFlows.All(store, "~marker ^red$ comment:HERE is:pinned is:running").Rows.Single());

            // What comes from the traffic later says nothing about notes, and takes none away; both in one batch come as one change.
            await store.AppendBody(flow, MessageSide.Request, "abc"u8.ToArray(), CancellationToken.None);
            TestFlows.Respond(flow);
            await store.Changed(flow, CancellationToken.None);
            await store.Annotate([flow.Id], notes => notes with { Tags = [" slow", "Slow", "", "x"], Meta = new Dictionary<string, string> { ["ticket"] = "42" } });
            await TestFlows.Finish(store, flow);
            await store.Flush();
            FlowChange? last = null;
            while (subscription.TryRead() is { } changes)
            {
                Assert.Equal(changes.Rows.Count, changes.Rows.Select(one => one.Row.Id).Distinct().Count());
                last = changes.Rows.Count > 0 ? changes.Rows[^1] : last;
            }

            var row = TestFlows.All(store).Rows.Single();
            Assert.Equal(row, last!.Value.Row);
            Assert.Equal(FlowState.Done, row.State);
            Assert.Equal(("red", """["slow","x"]""", """{"ticket":"42"}"""), (row.Marker, row.Tags, row.Meta));
        }

        await using var reopened = FlowStore.Open(_files.Path);
        Assert.Equal(1, TestFlows.All(reopened, "tag:slow meta.ticket=42 mark:red").Total);
        await reopened.Annotate([1], _ => new FlowNotes());
        Assert.Equal(0, TestFlows.All(reopened, "~marked | is:pinned | ~comment . | ~meta . | tag:/./").Total);
        Assert.Equal(0, await reopened.Annotate([2], notes => notes));
    }

    [Fact]
    public async Task Annotate_FlowOfWhichTheEngineSpeaksAgain_KeepsItsNotes()
    {
        await using var store = FlowStore.Open(_files.Path);
        var flow = await TestFlows.Record(store);
        await store.Flush();
        await store.Annotate([flow.Id], notes => notes with { Marker = ":grapes:" });
        using var subscription = store.Subscribe();
        await TestFlows.Finish(store, flow);
        await store.Flush();
        Assert.Equal(":grapes:", TestFlows.All(store).Rows.Single().Marker);
        Assert.Equal(":grapes:", subscription.TryRead()!.Rows.Single().Row.Marker);
    }

    [Fact]
    public async Task Annotate_SameNotes_ChangesNothing()
    {
        await using var store = FlowStore.Open(_files.Path);
        var flow = await TestFlows.Record(store);
        await store.Flush();
        await store.Annotate([flow.Id], notes => notes with { Tags = ["a"] });
        var seq = TestFlows.All(store).Seq;
        Assert.Equal(1, await store.Annotate([flow.Id], notes => notes with { Tags = ["a"] }));
        Assert.Equal(seq, TestFlows.All(store).Seq);
    }

    [Fact]
    public async Task SeenValues_MarksAndTags_AreCounted()
    {
        await using var store = FlowStore.Open(_files.Path);
        for (var i = 0; i < 4; i++)
        {
            await TestFlows.Record(store);
        }

        await store.Flush();
        await store.Annotate([1, 2, 3], notes => notes with { Marker = "blue", Tags = ["slow", "seen"] });
        await store.Annotate([3], notes => notes with { Marker = "red", Tags = ["slow"] });
        var seen = store.SeenValues(10);
        Assert.Equal([new SeenValue("blue", 2), new("red", 1)], seen.Values(FilterField.Mark, null, ""));
        Assert.Equal([new SeenValue("slow", 3), new("seen", 2)], seen.Values(FilterField.Tag, null, "S"));
    }

    [Fact]
    public async Task SeenValues_NotesWithNames_AreCountedByTheirNames()
    {
        await using var store = FlowStore.Open(_files.Path);
        for (var i = 0; i < 4; i++)
        {
            await TestFlows.Record(store);
        }

        await store.Flush();
        await store.Annotate([1, 2], notes => notes with { Meta = new Dictionary<string, string> { ["ticket"] = "A 42", ["who"] = "ada" } });
        await store.Annotate([3], notes => notes with { Meta = new Dictionary<string, string> { ["Ticket"] = "b 7", ["it's"] = "" } });
        var seen = store.SeenValues(10);
        Assert.Equal([new SeenValue("ticket", 3), new("who", 2), new("it's", 1)], seen.Names(FilterField.Meta, ""));
        Assert.Equal([new SeenValue("who", 2)], seen.Names(FilterField.Meta, "H"));
        Assert.Equal([new SeenValue("A 42", 2), new("b 7", 1)], seen.Values(FilterField.Meta, "TICKET", ""));
        Assert.Equal([new SeenValue("A 42", 2)], seen.Values(FilterField.Meta, "ticket", "a"));
        Assert.Empty(seen.Values(FilterField.Meta, "it's", ""));
        Assert.Equal([new SeenValue("who: ada", 2)], seen.Values(FilterField.Meta, null, "ada"));
        Assert.Empty(seen.Values(FilterField.Header, "host", ""));
        Assert.Empty(seen.Names(FilterField.Header, ""));
    }
}
