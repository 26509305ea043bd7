using System.Collections.Concurrent;
using System.Net;
using System.Text;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

public sealed class FlowStoreTests : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Record_ByFiftyProducers_AllThereAfterReopenAndNoneDoubled()
    {
        var ids = new ConcurrentBag<long>();
        await using (var store = FlowStore.Open(_files.Path))
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(producer => Task.Run(async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    var flow = await TestFlows.Record(store, $"/{producer}/{i}");
                    ids.Add(flow.Id);
                }
            })));
        }

        await using var reopened = FlowStore.Open(_files.Path);
        var page = TestFlows.All(reopened);
        Assert.Equal(10_000, page.Total);
        Assert.Equal(ids.Order(), page.Rows.Select(row => row.Id));
        Assert.Equal(10_000, page.Rows.Select(row => row.Seq).Distinct().Count());
        Assert.All(page.Rows, row => Assert.Equal(FlowState.Done, row.State));
        Assert.Equal(page.Rows.Max(row => row.Seq), page.Seq);
        Assert.Equal(10_000, reopened.GetStats().Flows);
        Assert.True(reopened.NextFlowId() > ids.Max());
    }

    [Fact]
    public async Task GetFlow_Stored_GivesEverythingBack()
    {
        var certificates = new[] { TestFlows.Bytes(300), TestFlows.Bytes(400) };
        long id;
        FlowRow live;
        await using (var store = FlowStore.Open(_files.Path))
        {
            var client = new ClientConnection
            {
                Id = store.NextConnectionId(),
                OpenedAt = TestFlows.Start,
                RemoteEndPoint = new IPEndPoint(IPAddress.Parse("::ffff:10.0.0.7"), 50312),
                LocalEndPoint = new IPEndPoint(IPAddress.IPv6Loopback, 8080),
                Tls = new TlsDetails { Version = "TLS 1.3", CipherSuite = "TLS_AES_128_GCM_SHA256", Alpn = "h2", AlpnOffered = ["h2", "http/1.1"], Sni = "a.example" },
            };
            var flow = TestFlows.New(store, client);
            id = flow.Id;
            flow.Server = new ServerConnection
            {
                Id = store.NextConnectionId(),
                Host = "api.example.com",
                Port = 443,
                OpenedAt = TestFlows.Start,
                RemoteEndPoint = new IPEndPoint(IPAddress.Parse("93.184.215.14"), 443),
                LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 40112),
                Addresses = [IPAddress.Parse("93.184.215.14"), IPAddress.IPv6Loopback],
                DnsDuration = 1200,
                Tls = new TlsDetails { Version = "TLS 1.2", Certificates = certificates, CertificateError = "expired" },
            };
            flow.ServerReused = true;
            flow.Interim = [ResponseHead.Parse("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"u8.ToArray()), ResponseHead.Parse("HTTP/1.1 102 Processing\r\n\r\n"u8.ToArray())];
            TestFlows.Respond(flow);
            flow.ResponseTrailers = HeaderList.Create([new HeaderField("Checksum", "é"), new HeaderField("x", "")]);
            flow.Timings.DnsStart = -200;
            flow.Timings.Blocked = 17;
            (flow.RequestHeadWireSize, flow.RequestBodyWireSize, flow.ResponseHeadWireSize) = (101, 0, 5_000_000_000);
            flow.Error = new FlowError(FlowStep.ServerTls, "It failed.", "detail", "fix");
            flow.State = FlowState.Error;
            using var subscription = store.Subscribe();
            await store.Ended(flow);
            live = (await subscription.Read(CancellationToken.None))!.Rows.Single().Row;
        }

        await using var reopened = FlowStore.Open(_files.Path);
        var stored = reopened.GetFlow(id)!;
        Assert.Equal(live, stored.Row);
        Assert.Equal(TestFlows.Start, stored.Row.StartedAt);
        Assert.Equal("application/json", stored.Row.ContentType);
        Assert.Equal("10.0.0.7:50312", stored.Row.ClientAddress);
        Assert.Equal("93.184.215.14:443", stored.Row.ServerAddress);
        Assert.Equal("https://api.example.com/v1/users?page=2", stored.Row.Url);
        Assert.Equal("GET", stored.Request!.Method);
        Assert.Equal("User-Agent", stored.Request.Headers[1].Name);
        Assert.Equal([103, 102], stored.Interim.Select(head => head.Status));
        Assert.Equal([new HeaderField("Checksum", "é"), new HeaderField("x", "")], stored.ResponseTrailers!);
        Assert.Null(stored.RequestTrailers);
        Assert.Equal(-200, stored.Timings.DnsStart);
        Assert.Equal(17, stored.Timings.Blocked);
        Assert.Equal(
            (101, 0, 5_000_000_000, null),
            (stored.RequestHeadWireSize, stored.RequestBodyWireSize, stored.ResponseHeadWireSize, stored.ResponseBodyWireSize));
        Assert.Equal(80_100, stored.Timings.FirstByte);
        Assert.Null(stored.Timings.End);
        Assert.Equal(new FlowError(FlowStep.ServerTls, "It failed.", "detail", "fix"), stored.Error);
        Assert.Equal(["h2", "http/1.1"], stored.Client.Tls!.AlpnOffered);
        Assert.True(stored.ServerReused);
        Assert.Equal(2, stored.Server!.Addresses.Count);
        Assert.Equal(1200, stored.Server.DnsDuration);
        Assert.Equal("expired", stored.Server.Tls!.CertificateError);
        Assert.Equal(certificates, stored.Server.Tls.Certificates);
        Assert.Null(reopened.GetFlow(id + 1));
        Assert.True(reopened.NextConnectionId() > stored.Server.Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData((64 * 1024) + 1)]
    [InlineData(256 * 1024)]
    [InlineData(10 * 1024 * 1024)]
    public async Task OpenBody_AnyLength_ByteEqualWithRanges(int length)
    {
        var bytes = TestFlows.Bytes(length);
        await using var store = FlowStore.Open(_files.Path);
        var flow = TestFlows.New(store);
        foreach (var piece in bytes.Chunk(60_001))
        {
            await store.AppendBody(flow, MessageSide.Response, piece, CancellationToken.None);
        }

        flow.ResponseBodySize = length;
        await TestFlows.Finish(store, flow);
        await store.Flush();

        Assert.True((await TestFlows.ReadAll(store, flow.Id, MessageSide.Response)).AsSpan().SequenceEqual(bytes));
        Assert.Empty(await TestFlows.ReadAll(store, flow.Id, MessageSide.Request));
        var body = await store.OpenBody(flow.Id, MessageSide.Response, CancellationToken.None);
        Assert.True(body!.Complete);
        Assert.Equal(length, body.Length);
        foreach (var from in new[] { 0, length / 3, length / 2, length - 1 }.Where(from => from >= 0 && from < length))
        {
            var count = Math.Min(300_000, length - from);
            var range = await TestFlows.ReadAll(store, flow.Id, MessageSide.Response, from, count);
            Assert.True(range.AsSpan().SequenceEqual(bytes.AsSpan(from, count)));
        }
    }

    [Fact]
    public async Task OpenBody_OfARunningFlow_GivesWhatHasPassed()
    {
        var bytes = TestFlows.Bytes(300_000);
        await using var store = FlowStore.Open(_files.Path);
        var flow = TestFlows.New(store);
        await store.Changed(flow, CancellationToken.None);
        await store.AppendBody(flow, MessageSide.Response, bytes.AsMemory(0, 5), CancellationToken.None);
        Assert.Equal(bytes[..5], await TestFlows.ReadAll(store, flow.Id, MessageSide.Response));

        await store.AppendBody(flow, MessageSide.Response, bytes.AsMemory(5), CancellationToken.None);
        var body = await store.OpenBody(flow.Id, MessageSide.Response, CancellationToken.None);
        Assert.False(body!.Complete);
        Assert.Equal(bytes, await TestFlows.ReadAll(store, flow.Id, MessageSide.Response));

        await TestFlows.Finish(store, flow);
        await store.Flush();
        Assert.Equal(bytes, await TestFlows.ReadAll(store, flow.Id, MessageSide.Response));
        Assert.Null(await store.OpenBody(flow.Id + 1, MessageSide.Response, CancellationToken.None));
    }

    [Fact]
    public async Task Changed_ManyTimesWithinABatch_BecomesOneWrite()
    {
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { CommitInterval = TimeSpan.FromMinutes(1) });
        using var subscription = store.Subscribe();
        var flow = TestFlows.New(store);
        for (var i = 0; i < 100; i++)
        {
            await store.Changed(flow, CancellationToken.None);
        }

        await TestFlows.Finish(store, flow);
        await store.Flush();
        var changes = subscription.TryRead();
        Assert.Equal(FlowState.Done, Assert.Single(changes!.Rows).Row.State);
        Assert.Equal(1, changes.Seq);
        Assert.Null(subscription.TryRead());
    }

    [Fact]
    public async Task Subscribe_ManyChanges_SeqRisesAndIsAnnouncedOnlyWhenCommitted()
    {
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { CommitInterval = TimeSpan.FromMilliseconds(1) });
        using var subscription = store.Subscribe();
        var producer = Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await TestFlows.Record(store, $"/{i}");
            }
        });
        var (last, seen) = (0L, new HashSet<long>());
        while (seen.Count < 500)
        {
            var changes = (await subscription.Read(CancellationToken.None))!;
            Assert.True(changes.Seq > last);
            Assert.All(changes.Rows, change => Assert.InRange(change.Row.Seq, last + 1, changes.Seq));
            Assert.Equal(changes.Rows.Select(change => change.Row.Seq).Order(), changes.Rows.Select(change => change.Row.Seq));
            foreach (var (row, _) in changes.Rows)
            {
                // Another connection sees it: it is committed.
                Assert.True(store.GetFlow(row.Id)!.Row.Seq >= row.Seq);
                seen.Add(row.Id);
            }

            last = changes.Seq;
        }

        await producer;
    }

    [Fact]
    public async Task Subscribe_SlowReader_GetsAResetAndHoldsNobodyUp()
    {
        await using var store = FlowStore.Open(_files.Path);
        using var subscription = store.Subscribe();
        for (var i = 0; i < 50_100; i++)
        {
            await TestFlows.Record(store);
        }

        await store.Flush();
        var changes = subscription.TryRead()!;
        Assert.True(changes.Reset);
        Assert.Equal(TestFlows.All(store, limit: 0).Seq, changes.Seq);
    }

    [Fact]
    public async Task AppendBody_FasterThanTheWriter_WaitsWithinItsBounds()
    {
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { MaxBufferedBytes = 1024 * 1024 });
        var flows = Enumerable.Range(0, 8).Select(_ => TestFlows.New(store)).ToArray();
        var bytes = TestFlows.Bytes(100_000);
        var waited = 0;
        await Task.WhenAll(flows.Select(flow => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                var room = store.AppendBody(flow, MessageSide.Request, bytes, CancellationToken.None);
                Interlocked.Add(ref waited, room.IsCompleted ? 0 : 1);
                await room;
            }

            await TestFlows.Finish(store, flow);
        })));
        await store.Flush();
        Assert.True(waited > 0, "nobody ever waited");
        foreach (var flow in flows)
        {
            var stored = await TestFlows.ReadAll(store, flow.Id, MessageSide.Request);
            Assert.Equal(6_000_000, stored.Length);
            Assert.True(stored.AsSpan(5_900_000).SequenceEqual(bytes));
        }
    }

    [Fact]
    public async Task AppendBody_ManyIdleBodies_AreSpilledSoThatNobodyWaitsForEver()
    {
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { MaxBufferedBytes = 1024 * 1024 });
        var bytes = TestFlows.Bytes(10_000);
        var flows = Enumerable.Range(0, 500).Select(_ => TestFlows.New(store)).ToArray();
        foreach (var flow in flows)
        {
            await store.AppendBody(flow, MessageSide.Response, bytes, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        }

        foreach (var flow in flows)
        {
            await TestFlows.Finish(store, flow);
        }

        await store.Flush();
        Assert.Equal(bytes, await TestFlows.ReadAll(store, flows[0].Id, MessageSide.Response));
        Assert.Equal(bytes, await TestFlows.ReadAll(store, flows[499].Id, MessageSide.Response));
    }

    [Fact]
    public async Task Dispose_WithRunningFlows_MarksThemInterrupted()
    {
        long id;
        await using (var store = FlowStore.Open(_files.Path, new FlowStoreOptions { CommitInterval = TimeSpan.FromMinutes(1) }))
        {
            var flow = TestFlows.New(store);
            id = flow.Id;
            await store.Changed(flow, CancellationToken.None);
            await store.AppendBody(flow, MessageSide.Request, "abc"u8.ToArray(), CancellationToken.None);
        }

        await using var reopened = FlowStore.Open(_files.Path);
        var stored = reopened.GetFlow(id)!;
        Assert.Equal(FlowState.Error, stored.Row.State);
        Assert.Equal(FlowStep.Proxy, stored.Error!.Step);
        Assert.Contains("MitmWeb stopped", stored.Error.Message, StringComparison.Ordinal);
        Assert.Equal("abc"u8.ToArray(), await TestFlows.ReadAll(reopened, id, MessageSide.Request));
        Assert.False(File.Exists(_files.Path + "-wal") && new FileInfo(_files.Path + "-wal").Length > 0);
    }

    [Fact]
    public async Task Delete_OneAndAll_StayDeletedAlsoWhenTheyRun()
    {
        await using var store = FlowStore.Open(_files.Path);
        var done = await TestFlows.Record(store);
        var running = TestFlows.New(store);
        await store.Changed(running, CancellationToken.None);
        await store.Flush();
        var before = TestFlows.All(store).Seq;
        using var subscription = store.Subscribe();

        Assert.Equal(1, (await store.DeleteFlow(running.Id))!.Flows);
        Assert.Null(await store.DeleteFlow(running.Id));
        await store.AppendBody(running, MessageSide.Request, new byte[10], CancellationToken.None);
        await TestFlows.Finish(store, running);
        await store.Flush();
        Assert.Equal([done.Id], TestFlows.All(store).Rows.Select(row => row.Id));
        Assert.Equal([running.Id], subscription.TryRead()!.RemovedIds);
        Assert.Equal([running.Id], _files.RemovedSince(before));

        var begun = TestFlows.New(store);
        var another = TestFlows.New(store);
        await store.Changed(another, CancellationToken.None);
        await store.DeleteAllFlows();
        await TestFlows.Finish(store, begun);
        await TestFlows.Finish(store, another);
        var later = await TestFlows.Record(store);
        await store.Flush();
        Assert.Equal([later.Id], TestFlows.All(store).Rows.Select(row => row.Id));
        Assert.Equal(1, TestFlows.All(store).Total);
        Assert.Equal(later.Client.Id, store.GetFlow(later.Id)!.Client.Id);
        Assert.Contains(ReadAll(subscription), changes => changes.Reset);
    }

    [Fact]
    public async Task DeleteUpTo_LaterFlows_StayWithTheirConnectionsAndCounts()
    {
        var (kept, running) = (0L, 0L);
        await using (var store = FlowStore.Open(_files.Path))
        {
            var first = await TestFlows.Record(store, "/first");
            var begun = TestFlows.New(store);
            await store.Changed(begun, CancellationToken.None);
            var last = await TestFlows.Record(store, "/last");
            await store.Flush();
            var before = TestFlows.All(store).Seq;
            using var subscription = store.Subscribe();

            var later = TestFlows.New(store);
            await store.Changed(later, CancellationToken.None);
            var deleted = store.DeleteFlowsUpTo(last.Id);
            var after = await TestFlows.Record(store, "/after");
            await deleted;
            await TestFlows.Finish(store, begun);
            await TestFlows.Finish(store, later);
            await store.Flush();

            Assert.Equal([later.Id, after.Id], TestFlows.All(store).Rows.Select(row => row.Id));
            Assert.Equal(2, TestFlows.All(store).Total);
            Assert.Equal(2, store.GetStats().Flows);
            Assert.Null(store.GetFlow(first.Id));
            Assert.Equal(later.Client.Id, store.GetFlow(later.Id)!.Client.Id);
            Assert.Contains(ReadAll(subscription), changes => changes.Reset);
            Assert.Equal(after.Id, store.QueryFlows(FlowFilter.Everything, FlowSort.ById, 1, 10).Rows.Single().Id);

            // What is gone already, and ids that do not exist yet, change nothing for flows to come.
            await store.DeleteFlowsUpTo(first.Id);
            Assert.Equal(2, TestFlows.All(store).Total);
            await store.DeleteFlowsUpTo(later.Id);
            (kept, running) = (after.Id, later.Id);
        }

        await using var reopened = FlowStore.Open(_files.Path);
        Assert.Equal([kept], TestFlows.All(reopened).Rows.Select(row => row.Id));
        Assert.Null(reopened.GetFlow(running));
        await reopened.DeleteFlowsUpTo(long.MaxValue - 1);
        var next = await TestFlows.Record(reopened);
        await reopened.Flush();
        Assert.Equal([next.Id], TestFlows.All(reopened).Rows.Select(row => row.Id));
    }

    [Theory]
    [InlineData("", "id")]
    [InlineData("", "-id")]
    [InlineData("path:odd", "path")]
    [InlineData("path:odd", "-path")]
    [InlineData("~h other", "-id")]
    public async Task MatchingIds_AndTheirRows_AreThoseOfTheWindow(string filter, string sort)
    {
        await using var store = FlowStore.Open(_files.Path);
        for (var i = 0; i < 50; i++)
        {
            await TestFlows.Record(store, $"/{i % 7}/{(i % 2 == 0 ? "even" : "odd")}", i % 3 == 0 ? "other.test" : "api.test");
        }

        await store.Flush();
        await store.DeleteFlow(8);
        var expected = TestFlows.All(store, filter, sort);
        Assert.True(FlowFilter.TryParse(filter, out var parsed, out _));
        Assert.True(FlowSort.TryParse(sort, out var order));
        var shares = new List<double>();
        var found = store.MatchingIds(parsed, order, shares.Add);
        Assert.Equal(expected.Rows.Select(row => row.Id), found.Ids);
        Assert.Equal(expected.Seq, found.Seq);
        Assert.Equal(1, shares[^1]);
        Assert.Equal(expected.Rows, store.Rows(found.Ids));
        Assert.Equal([3, 1], store.Rows(new long[] { 3, 8, 1, 1000 }).Select(row => row.Id));
    }

    [Fact]
    public async Task Delete_MoreFlowsThanAreRemembered_KeepsTheNewestRemovals()
    {
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { MaxRemovals = 2 });
        for (var i = 0; i < 3; i++)
        {
            await TestFlows.Record(store);
        }

        await store.Flush();
        foreach (var id in new[] { 1, 2, 3 })
        {
            await store.DeleteFlow(id);
        }

        Assert.Equal([2, 3], _files.RemovedSince(0));
    }

    [Fact]
    public async Task QueryFlows_WindowsByPosition_AgreeWithTheWholeListAlsoWithGaps()
    {
        await using var store = FlowStore.Open(_files.Path);
        for (var i = 0; i < 9000; i++)
        {
            _ = i % 7 == 0 ? store.NextFlowId() : 0;
            await TestFlows.Record(store, $"/{i}", $"h{i % 10}.example");
        }

        await store.Flush();
        foreach (var id in TestFlows.All(store).Rows.Where((_, index) => index % 50 == 0).Select(row => row.Id).ToArray())
        {
            await store.DeleteFlow(id);
        }

        var all = TestFlows.All(store).Rows.Select(row => row.Id).ToArray();
        Assert.Equal(9000 - 180, all.Length);
        foreach (var offset in new[] { 0, 1, 4095, 4096, 5000, 8800, all.Length - 1, all.Length, all.Length + 10 })
        {
            Assert.Equal(all.Skip(offset).Take(37), TestFlows.All(store, offset: offset, limit: 37).Rows.Select(row => row.Id));
            Assert.Equal(all.Reverse().Skip(offset).Take(37), TestFlows.All(store, sort: "-id", offset: offset, limit: 37).Rows.Select(row => row.Id));
        }

        var byHost = TestFlows.All(store, sort: "-host").Rows;
        Assert.Equal(byHost.OrderByDescending(row => row.Host, StringComparer.Ordinal).ThenByDescending(row => row.Id).Select(row => row.Id), byHost.Select(row => row.Id));
        var filtered = TestFlows.All(store, "H3.EXAMPLE /1", limit: 5);
        Assert.Equal(5, filtered.Rows.Count);
        Assert.Equal(TestFlows.All(store).Rows.Count(row => row.Host == "h3.example" && row.Url.Contains("/1", StringComparison.Ordinal)), filtered.Total);
    }

    [Fact]
    public async Task Open_FullDisk_TellsGoesOnAndStoresWhatFitsLater()
    {
        await using (FlowStore.Open(_files.Path))
        {
        }

        var raised = new SemaphoreSlim(0);
        var options = new FlowStoreOptions
        {
            MaxPages = 40,
            MaxBufferedBytes = 1024 * 1024,
            MaxQueuedFlows = 100,
            RetryInterval = TimeSpan.FromMilliseconds(10),
            CloseTimeout = TimeSpan.FromMilliseconds(600),
        };
        await using (var store = FlowStore.Open(_files.Path, options))
        {
            store.ProblemChanged += () => raised.Release();
            var flow = TestFlows.New(store);
            await store.AppendBody(flow, MessageSide.Response, TestFlows.Bytes(900_000), CancellationToken.None);
            await store.Changed(flow, CancellationToken.None);
            Assert.True(await raised.WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.Contains("free some disk space", store.Problem!.Message, StringComparison.Ordinal);

            // The traffic goes on whatever comes.
            for (var i = 0; i < 1000; i++)
            {
                await TestFlows.Record(store);
                await store.AppendBody(flow, MessageSide.Response, new byte[10_000], CancellationToken.None);
            }

            Assert.True(store.Problem.LostFlows > 0);
            await Assert.ThrowsAsync<IOException>(store.Flush);
        }

        await using var reopened = FlowStore.Open(_files.Path);
        Assert.Null(reopened.Problem);
        await TestFlows.Record(reopened);
        await reopened.Flush();
    }

    private static List<FlowChanges> ReadAll(FlowSubscription subscription)
    {
        var all = new List<FlowChanges>();
        while (subscription.TryRead() is { } changes)
        {
            all.Add(changes);
        }

        return all;
    }
}
