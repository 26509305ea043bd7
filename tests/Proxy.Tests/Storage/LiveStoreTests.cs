using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

public sealed class LiveStoreTests : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task SwitchTo_UnderLoad_EveryFlowIsInExactlyOneSession()
    {
        var other = _files.Path + "-other.mitmweb";
        var paths = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using (var live = LiveStore.Open(_files.Path))
        {
            var stop = 0;
            var producers = Enumerable.Range(0, 8).Select(producer => Task.Run(async () =>
            {
                var client = TestFlows.Client(live.Current);
                for (var i = 0; Volatile.Read(ref stop) == 0; i++)
                {
                    var sink = live.ForNewFlow();
                    var flow = TestFlows.New((FlowStore)sink, client, $"/{producer}/{i}");
                    await sink.Changed(flow, CancellationToken.None);
                    await sink.AppendBody(flow, MessageSide.Response, "hello"u8.ToArray(), CancellationToken.None);
                    await Task.Yield();
                    TestFlows.Respond(flow, FlowState.Done);
                    flow.Timings.End = 100;
                    await sink.Ended(flow);
                    paths.Add(flow.Path);
                }
            })).ToArray();
            for (var i = 0; i < 20; i++)
            {
                await live.SwitchTo(i % 2 == 0 ? other : _files.Path);
                await Task.Delay(10);
            }

            Volatile.Write(ref stop, 1);
            await Task.WhenAll(producers);
        }

        var stored = new List<string>();
        foreach (var path in new[] { _files.Path, other })
        {
            await using var store = FlowStore.Open(path);
            var rows = TestFlows.All(store, limit: int.MaxValue).Rows;
            Assert.All(rows, row => Assert.Equal((FlowState.Done, 5L), (row.State, (long)store.OpenBody(row.Id, MessageSide.Response, CancellationToken.None).AsTask().Result!.Length)));
            stored.AddRange(rows.Select(row => row.Path));
        }

        Assert.Equal(paths.Order(StringComparer.Ordinal), stored.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rename_UnderLoad_LosesNothingAndLeavesNothingBehind()
    {
        var names = Enumerable.Range(0, 6).Select(i => i == 0 ? _files.Path : $"{_files.Path}-{i}.mitmweb").ToArray();
        var (recorded, searches) = (0, 0);
        string[] files;
        await using (var live = LiveStore.Open(_files.Path, new FlowStoreOptions { BodyIndex = true, FlowsWorthSharing = 0 }))
        {
            var running = TestFlows.New(live.Current, path: "/running");
            await live.Current.Changed(running, CancellationToken.None);
            var stop = 0;
            Assert.True(FlowFilter.TryParse("~b hello", out var filter, out _));
            var recorder = Task.Run(async () =>
            {
                for (var i = 0; Volatile.Read(ref stop) == 0; i++)
                {
                    var flow = TestFlows.New(live.Current, running.Client, $"/{i}");
                    await live.Current.AppendBody(flow, MessageSide.Response, "hello"u8.ToArray(), CancellationToken.None);
                    await TestFlows.Finish(live.Current, flow);
                    Interlocked.Increment(ref recorded);

                    // So few that no search takes longer than a renaming waits, however busy the machine is.
                    await Task.Delay(1);
                }
            });
            var searcher = Task.Run(() =>
            {
                while (Volatile.Read(ref stop) == 0)
                {
                    live.Current.QueryFlows(filter, FlowSort.ById, 0, 10);
                    Interlocked.Increment(ref searches);
                }
            });
            foreach (var name in names.Skip(1))
            {
                var (flows, asked) = (Volatile.Read(ref recorded), Volatile.Read(ref searches));
                await live.Rename(live.Current, name);
                Assert.Equal(name, live.Current.Session.Path);
                while (!recorder.IsCompleted && !searcher.IsCompleted && (Volatile.Read(ref recorded) < flows + 10 || Volatile.Read(ref searches) < asked + 2))
                {
                    await Task.Delay(1);
                }
            }

            Volatile.Write(ref stop, 1);
            await Task.WhenAll(recorder, searcher);
            await TestFlows.Finish(live.Current, running);
            await live.Current.Flush();
            Assert.Equal(recorded, live.Current.QueryFlows(filter, FlowSort.ById, 0, 10).Total);
            Assert.True(live.Current.BodyIndex.IsOn);
            files = [.. Directory.EnumerateFiles(Path.GetDirectoryName(_files.Path)!).Where(file => !file.StartsWith(names[^1], StringComparison.Ordinal))];
        }

        Assert.Empty(files);
        using (var database = Database.OpenRead(names[^1]))
        using (var check = database.Prepare("PRAGMA integrity_check"))
        {
            Assert.True(check.Step());
            Assert.Equal("ok", check.Text(0));
        }

        await using var store = FlowStore.Open(names[^1]);
        var rows = TestFlows.All(store, limit: int.MaxValue).Rows;
        Assert.Equal(recorded + 1, rows.Count);
        Assert.All(rows, row => Assert.Equal(FlowState.Done, row.State));
    }

    [Fact]
    public async Task Rename_WhileAnotherProgramHasItOpen_IsRefusedAndTheSessionGoesOn()
    {
        await using var live = LiveStore.Open(_files.Path);
        await TestFlows.Record(live.Current);
        await live.Current.Flush();
        var target = _files.Path + "-other.mitmweb";
        using (var other = Database.OpenRead(_files.Path))
        {
            Assert.Equal(1, other.ScalarInt64("SELECT count(*) FROM flow"));
            var problem = await Assert.ThrowsAsync<SessionFileException>(() => live.Rename(live.Current, target));
            Assert.Contains("Another program has the session file", problem.Message, StringComparison.Ordinal);
            await TestFlows.Record(live.Current);
            await live.Current.Flush();
            Assert.Equal(2, other.ScalarInt64("SELECT count(*) FROM flow"));
            Assert.Equal(2, TestFlows.All(live.Current).Total);
        }

        Assert.False(File.Exists(target + "-lock"));
        await live.Rename(live.Current, target);
        await TestFlows.Record(live.Current);
        await live.Current.Flush();
        Assert.Equal(3, TestFlows.All(live.Current).Total);
        Assert.False(File.Exists(_files.Path));
    }

    [Fact]
    public async Task Rename_ToAFileThatIsThere_IsRefused()
    {
        await using var live = LiveStore.Open(_files.Path);
        var target = _files.Path + "-other.mitmweb";
        await File.WriteAllTextAsync(target, "mine");
        var problem = await Assert.ThrowsAsync<SessionFileException>(() => live.Rename(live.Current, target));
        Assert.Contains("already", problem.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(target));
        await TestFlows.Record(live.Current);
        await live.Current.Flush();
        Assert.Equal(1, TestFlows.All(live.Current).Total);
    }

    [Fact]
    public async Task SwitchTo_WithAFlowThatRuns_ItEndsWhereItBegan()
    {
        var other = _files.Path + "-other.mitmweb";
        var finished = new TaskCompletionSource<string>();
        await using var live = LiveStore.Open(_files.Path);
        live.Finished += finished.SetResult;
        var first = live.Current;
        var flow = TestFlows.New(first);
        await first.Changed(flow, CancellationToken.None);

        var second = await live.SwitchTo(other);

        Assert.NotSame(first, second);
        Assert.Equal([first], live.Finishing);
        await TestFlows.Finish(first, flow);
        Assert.Equal(first.Session.Path, await finished.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Empty(live.Finishing);
        await using var reopened = FlowStore.Open(_files.Path);
        Assert.Equal(FlowState.Done, Assert.Single(TestFlows.All(reopened).Rows).State);
        Assert.Empty(TestFlows.All(second).Rows);
    }

    [Fact]
    public async Task SwitchTo_ConnectionThatLasts_DoesNotReplaceOneOfTheOtherSession()
    {
        var other = _files.Path + "-other.mitmweb";
        await using (var store = FlowStore.Open(other))
        {
            await TestFlows.Record(store);
        }

        await using var live = LiveStore.Open(_files.Path);
        var client = TestFlows.Client(live.Current);
        Assert.Equal(1, client.Id);
        await live.SwitchTo(other);
        var flow = TestFlows.New(live.Current, client);
        await TestFlows.Finish(live.Current, flow);
        await live.Current.Flush();

        var connections = TestFlows.All(live.Current).Rows.Select(row => live.Current.GetFlow(row.Id)!.Client.Id).ToArray();
        Assert.Equal(2, connections.Distinct().Count());
    }

    [Fact]
    public async Task SwitchTo_WhatCannotBeOpened_GoesOnAsBefore()
    {
        var other = _files.Path + "-other.mitmweb";
        await File.WriteAllTextAsync(other, "not a session");
        await using var live = LiveStore.Open(_files.Path);
        var before = live.Current;

        var refused = await Assert.ThrowsAsync<SessionFileException>(() => live.SwitchTo(other));

        Assert.Contains("not a MitmWeb session", refused.Message, StringComparison.Ordinal);
        Assert.Same(before, live.Current);
        await TestFlows.Record(before);
        await before.Flush();
    }

    [Fact]
    public async Task SwitchTo_BackWhileFlowsRun_IsTheSameStore()
    {
        await using var live = LiveStore.Open(_files.Path);
        var first = live.Current;
        var flow = TestFlows.New(first);
        await first.Changed(flow, CancellationToken.None);
        await live.SwitchTo(_files.Path + "-other.mitmweb");

        Assert.Same(first, await live.SwitchTo(_files.Path));

        await TestFlows.Finish(first, flow);
        await first.Flush();
        Assert.Equal(FlowState.Done, Assert.Single(TestFlows.All(first).Rows).State);
    }

    [Fact]
    public async Task IsRecording_SwitchedOffAndOn_FlowsStayWhatTheyBeganAs()
    {
        await using var live = LiveStore.Open(_files.Path);
        var changes = 0;
        live.RecordingChanged += () => Interlocked.Increment(ref changes);
        var client = TestFlows.Client(live.Current);
        var recorded = live.ForNewFlow();
        var before = TestFlows.New(recorded, client, "/before");
        await recorded.Changed(before, CancellationToken.None);

        live.IsRecording = false;
        live.IsRecording = false;
        var passing = live.ForNewFlow();
        var during = TestFlows.New(passing, client, "/during");
        await passing.Changed(during, CancellationToken.None);
        await passing.AppendBody(during, MessageSide.Response, "hello"u8.ToArray(), CancellationToken.None);
        Assert.Equal((false, 1L, 2), (live.IsRecording, live.NotRecorded, changes));

        live.IsRecording = true;
        var again = live.ForNewFlow();
        var after = TestFlows.New(again, client, "/after");
        await TestFlows.Finish(passing, during);
        await recorded.AppendBody(before, MessageSide.Response, "hello"u8.ToArray(), CancellationToken.None);
        await TestFlows.Finish(recorded, before);
        await TestFlows.Finish(again, after);
        await live.Current.Flush();

        Assert.Equal((true, 1L, 3), (live.IsRecording, live.NotRecorded, changes));
        var rows = TestFlows.All(live.Current).Rows;
        Assert.Equal([("/before", FlowState.Done), ("/after", FlowState.Done)], rows.Select(row => (row.Path, row.State)));
        Assert.Equal("hello"u8.ToArray(), await TestFlows.ReadAll(live.Current, rows[0].Id, MessageSide.Response));
        Assert.Equal(0, during.Id);

        live.IsRecording = false;
        Assert.Equal(0, live.NotRecorded);
    }

    [Fact]
    public async Task IsRecording_Off_AFlowIsCountedOnceAndNotBeforeItIsShown()
    {
        await using var live = LiveStore.Open(_files.Path);
        live.IsRecording = false;

        var hidden = live.ForNewFlow();
        TestFlows.New(hidden, TestFlows.Client(live.Current));
        Assert.Equal(0, live.NotRecorded);

        for (var i = 0; i < 3; i++)
        {
            var sink = live.ForNewFlow();
            var flow = TestFlows.New(sink, TestFlows.Client(live.Current));
            await sink.Changed(flow, CancellationToken.None);
            await sink.Changed(flow, CancellationToken.None);
            await TestFlows.Finish(sink, flow);
        }

        Assert.Equal(3, live.NotRecorded);
    }
}
