using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

public sealed class SessionFolderTests : IAsyncDisposable
{
    private readonly TestFlows _files = new();
    private readonly SessionFolder _folder;
    private readonly LiveStore _live;
    private readonly OpenSessions _sessions;

    public SessionFolderTests()
    {
        _folder = new SessionFolder(Path.GetDirectoryName(_files.Path)!, "session.mitmweb");
        _live = LiveStore.Open(_files.Path, new FlowStoreOptions { CommitInterval = TimeSpan.FromMilliseconds(1) });
        _sessions = new OpenSessions(_live, _folder, TimeProvider.System, TimeSpan.FromMilliseconds(50));
    }

    public async ValueTask DisposeAsync()
    {
        await _sessions.DisposeAsync();
        await _live.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task List_AllKinds_SaysWhatBecomesOfEach()
    {
        await Make("one", 3);
        await Make("used", 1);
        OldSession.Create(Path.Combine(_folder.Path, "old.mitmweb"));
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "broken.mitmweb"), "nothing");
        await using var used = FlowStore.Open(_folder.Find("used"));

        var list = _folder.List(_live).ToDictionary(summary => summary.Key);

        Assert.Equal(["broken", "old", "one", "session", "used"], list.Keys.Order());
        Assert.Equal((SessionState.Live, 0L), (list["session"].State, list["session"].Flows));
        Assert.Equal((SessionState.Stored, 3L, Schema.Version), (list["one"].State, list["one"].Flows, list["one"].Version));
        Assert.Equal((SessionState.Old, 1L, 1), (list["old"].State, list["old"].Flows, list["old"].Version));
        Assert.Equal(SessionState.InUse, list["used"].State);
        Assert.Equal(SessionState.Damaged, list["broken"].State);
        Assert.Contains("not a MitmWeb session", list["broken"].Problem, StringComparison.Ordinal);
        Assert.Contains("older MitmWeb", list["old"].Problem, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Find("one") + "-shm"));
    }

    [Fact]
    public async Task Look_AtAStoredSession_ReadsItAndClosesItWhenNobodyLooks()
    {
        await Make("one", 3);
        var path = _folder.Find("one");

        using (var lease = _sessions.Look("one"))
        {
            Assert.True(lease.Store.IsReadOnly);
            Assert.Equal(3, TestFlows.All(lease.Store).Total);
            Assert.Equal("body 2"u8.ToArray(), await TestFlows.ReadAll(lease.Store, 2, MessageSide.Response));
            Assert.NotNull(lease.Store.GetFlow(1));
            Assert.Equal(3, lease.Store.SeenValues(10).Values(FilterField.Host, null, "").Single().Count);
            await Assert.ThrowsAsync<SessionFileException>(() => lease.Store.DeleteFlow(1));
            Assert.True(_sessions.IsRead(path));
        }

        await Until(() => !File.Exists(path + "-shm"));
        Assert.False(_sessions.IsRead(path));
    }

    [Fact]
    public void Look_AtAnOlderSession_SaysWhatToDo_AndUpgradeDoesIt()
    {
        Directory.CreateDirectory(_folder.Path);
        OldSession.Create(Path.Combine(_folder.Path, "old.mitmweb"));

        var refused = Assert.Throws<SessionFileException>(() => _sessions.Look("old"));
        Assert.Contains("up to date", refused.Message, StringComparison.Ordinal);
        SessionFolder.Upgrade(_folder.Find("old"), new Progress<double>(), CancellationToken.None);

        using var lease = _sessions.Look("old");
        Assert.Equal(1, TestFlows.All(lease.Store).Total);
    }

    [Fact]
    public async Task Look_AtTheOneThatIsRecorded_IsTheLiveStore()
    {
        await TestFlows.Record(_live.Current);
        using var lease = _sessions.Look("session");
        Assert.Same(_live.Current, lease.Store);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("session")]
    [InlineData("CON")]
    [InlineData("tab\tbed")]
    [InlineData("one")]
    public async Task PathOfNew_BadOrTaken_SaysWhy(string name)
    {
        await Make("one", 1);
        Assert.Throws<SessionFileException>(() => _folder.PathOfNew(name));
    }

    [Fact]
    public async Task Rename_AndDelete_TakeWhatStandsBesideAlong()
    {
        await Make("one", 2);
        await _folder.Rename(_live, _folder.Find("one"), "zwei, mit Ä");

        Assert.Throws<SessionFileException>(() => _folder.Find("one"));
        using (var lease = _sessions.Look("zwei, mit Ä"))
        {
            Assert.Equal(2, TestFlows.All(lease.Store).Total);
        }

        var path = _folder.Find("zwei, mit Ä");
        await _sessions.Close(path);
        _folder.Delete(path);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
        Assert.Throws<SessionFileException>(() => _folder.Delete(_files.Path));
        Assert.True(File.Exists(_files.Path));
    }

    [Fact]
    public async Task Copy_OfTheOneThatIsRecorded_IsWholeAndHasAnIdOfItsOwn()
    {
        for (var i = 0; i < 50; i++)
        {
            await TestFlows.Record(_live.Current, $"/{i}");
        }

        var running = TestFlows.New(_live.Current, path: "/running");
        await _live.Current.Changed(running, CancellationToken.None);
        await _live.Current.Flush();
        var target = _folder.PathOfNew("copy");

        await SessionCopy.Run(_files.Path, target, new Progress<double>(), CancellationToken.None);

        await TestFlows.Record(_live.Current, "/later");
        using var lease = _sessions.Look("copy");
        var rows = TestFlows.All(lease.Store).Rows;
        Assert.Equal(51, rows.Count);
        Assert.Equal(FlowState.Error, rows[^1].State);
        Assert.NotEqual(_live.Current.Session.Id, lease.Store.Session.Id);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.Contains("-new", StringComparison.Ordinal));
        Assert.Equal(FlowState.Pending, TestFlows.All(_live.Current, "path:/running").Rows.Single().State);
    }

    [Fact]
    public async Task Copy_Cancelled_LeavesNothing()
    {
        await Make("one", 100);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => SessionCopy.Run(_folder.Find("one"), _folder.PathOfNew("copy"), new Progress<double>(), cancelled.Token));
        Assert.Equal(["one.mitmweb"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Where(name => !name!.EndsWith("-lock", StringComparison.Ordinal)));
    }

    /// <summary>Nobody must find a new session that is still being worked on: what has its name is not written any more.</summary>
    [Fact]
    public async Task Merge_OfAFlowThatRan_IsDoneBeforeItHasItsName()
    {
        await Make("one", 2);
        await _live.Current.Changed(TestFlows.New(_live.Current, path: "/running"), CancellationToken.None);
        await _live.Current.Flush();
        var target = _folder.PathOfNew("all");
        using (SessionFile.Hold(target))
        {
            await SessionMerge.Run([_folder.Find("one"), _files.Path], target, new Progress<double>(), CancellationToken.None);
        }

        File.Delete(target + "-lock");
        using var lease = _sessions.Look("all");
        Assert.Equal([FlowState.Done, FlowState.Done, FlowState.Error], TestFlows.All(lease.Store).Rows.Select(row => row.State).Order());
    }

    [Fact]
    public async Task Merge_ThreeSessions_AreOneInTheOrderOfTime()
    {
        await Make("one", 3, minutes: 0, step: 3);
        await Make("two", 3, minutes: 1, step: 3, longBody: true);
        await TestFlows.Record(_live.Current, "/live");
        await _live.Current.Flush();

        await SessionMerge.Run([_folder.Find("one"), _folder.Find("two"), _files.Path], _folder.PathOfNew("all"), new Progress<double>(), CancellationToken.None);

        using var lease = _sessions.Look("all");
        var store = lease.Store;
        var rows = TestFlows.All(store).Rows;
        Assert.Equal(["/live", "/one/0", "/two/0", "/one/1", "/two/1", "/one/2", "/two/2"], rows.Select(row => row.Path));
        Assert.Equal(Enumerable.Range(1, 7).Select(id => (long)id), rows.Select(row => row.Id));
        Assert.Equal("body 2"u8.ToArray(), await TestFlows.ReadAll(store, 4, MessageSide.Response));
        Assert.Equal(TestFlows.Bytes(300_000), await TestFlows.ReadAll(store, 3, MessageSide.Response));
        Assert.Equal(7, rows.Select(row => store.GetFlow(row.Id)!.Client.Id).Distinct().Count());
        Assert.Equal(7, store.GetStats().Flows);
        Assert.Equal("/two/1", TestFlows.All(store, offset: 4, limit: 1).Rows.Single().Path);
        using (var source = _sessions.Look("one"))
        {
            Assert.Equal(3, TestFlows.All(source.Store).Total);
        }

        await _sessions.Close(_folder.Find("all"));
        await using var writable = FlowStore.Open(_folder.Find("all"));
        Assert.Equal(8, (await TestFlows.Record(writable)).Id);
        await writable.Flush();
    }

    [Fact]
    public async Task Compact_StoredSession_GivesTheRoomBack()
    {
        await Make("one", 20, longBody: true);
        var path = _folder.Find("one");
        await using (var store = FlowStore.Open(path))
        {
            await store.DeleteFlowsUpTo(19);
        }

        var freed = SessionCompaction.Run(path, new Progress<double>(), CancellationToken.None);

        Assert.InRange(freed, 4_000_000, 10_000_000);
        Assert.InRange(new FileInfo(path).Length, 1, 1_000_000);
        using var lease = _sessions.Look("one");
        Assert.Equal(TestFlows.Bytes(300_000), await TestFlows.ReadAll(lease.Store, 20, MessageSide.Response));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Compact_WhileItIsRecorded_LosesNothing(bool fromAnOlderVersion)
    {
        var path = Path.Combine(_folder.Path, "live.mitmweb");
        if (fromAnOlderVersion)
        {
            Directory.CreateDirectory(_folder.Path);
            OldSession.Create(path);
        }

        var store = await _live.SwitchTo(path);
        await Fill(store, 20, "/old", longBody: true);
        await store.DeleteFlowsUpTo(21);
        var capture = Fill(store, 500, "/new");

        var freed = await store.Compact(new Progress<double>(), CancellationToken.None);

        await capture;
        await store.Flush();
        Assert.InRange(freed, 1_000_000, 15_000_000);
        Assert.Equal(500, TestFlows.All(store, "path:/new").Total);
        using var database = Database.OpenRead(path);
        using var check = database.Prepare("PRAGMA integrity_check");
        Assert.True(check.Step());
        Assert.Equal("ok", check.Text(0));
    }

    [Fact]
    public async Task Remember_FileFromElsewhere_IsInTheListUntilItIsForgotten()
    {
        var elsewhere = Path.Combine(Path.GetDirectoryName(_files.Path)!, "elsewhere", "bug.mitmweb");
        await FlowStore.Open(elsewhere).DisposeAsync();

        _folder.Remember(elsewhere);

        Assert.Contains(_folder.List(_live), summary => summary.Key == elsewhere);
        Assert.Equal(elsewhere, _folder.Find(elsewhere));
        Assert.True(_folder.Forget(elsewhere));
        Assert.DoesNotContain(_folder.List(_live), summary => summary.Key == elsewhere);
        Assert.True(File.Exists(elsewhere));
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 1000, "It did not come to that.");
            await Task.Delay(20);
        }
    }

    private static async Task Fill(FlowStore store, int flows, string path, int minutes = 0, int step = 0, bool longBody = false)
    {
        for (var i = 0; i < flows; i++)
        {
            var flow = new Flow
            {
                Id = store.NextFlowId(),
                StartedAt = TestFlows.Start.AddMinutes(minutes + 1 + (i * step)),
                Client = TestFlows.Client(store),
                Scheme = "https",
                Host = "api.example.com",
                Port = 443,
                Path = $"{path}/{i}",
                Request = MitmWeb.Proxy.Http.RequestHead.Parse("GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n"u8.ToArray()),
            };
            await store.AppendBody(flow, MessageSide.Response, longBody ? TestFlows.Bytes(300_000) : System.Text.Encoding.UTF8.GetBytes($"body {i + 1}"), CancellationToken.None);
            await TestFlows.Finish(store, flow);
        }
    }

    private async Task Make(string name, int flows, int minutes = 0, int step = 0, bool longBody = false)
    {
        await using var store = FlowStore.Open(_folder.PathOfNew(name));
        await Fill(store, flows, "/" + name, minutes, step, longBody);
    }
}
