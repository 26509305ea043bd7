using System.IO.Compression;
using System.Text;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Index;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Storage;

namespace MitmWeb.Proxy.Tests.Index;

public sealed class BodyIndexTests : IDisposable
{
    private readonly TestFlows _files = new();

    private string IndexPath => _files.Path + "-index";

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Search_NamesWhatMayMatch_AndLittleElse()
    {
        await using var store = FlowStore.Open(_files.Path);
        for (var i = 0; i < 200; i++)
        {
            await Record(store, $"body number {i} says {(i == 77 ? "Xylophone" : "nothing")}");
        }

        await Record(store, "a packed XYLOPHONE", gzip: true);
        using var index = await Made(store);

        foreach (var text in new[] { "body:xylophone", "~b 'x.loph.ne'", "~b '[0-9]+ says xylophone|xylophone$'", "body:Xylophone | body:no-such", "body:xylophone host:api" })
        {
            var hits = index.Search(Parse(text), CancellationToken.None)!;
            Assert.Equal([78, 201], hits.Of(Parse(text))!);
            Assert.False(hits.Passes(0, 5), text);
        }

        Assert.Empty(index.Search(Parse("body:no-such-text"), CancellationToken.None)!.Of(Parse("body:no-such-text"))!);
    }

    [Fact]
    public async Task Search_OfWholeWords_KnowsWhoPasses()
    {
        await using var store = FlowStore.Open(_files.Path);
        foreach (var body in new[] { "one Xylophone!", "xylophones", "<b>xylophone</b>", "xylophone7 zither", "é-xylophone-é" })
        {
            await Record(store, body);
        }

        using var index = await Made(store);

        Assert.Equal([true, null, true, null, true], Passes("body:xylophone"));
        Assert.Equal([true, null, true, null, true], Passes("respbody:XYLOPHONE"));
        Assert.Equal([true, null, true, true, true], Passes("~b 'xylophone|zither'"));
        Assert.Equal([null, null, null, null, null], Passes("reqbody:xylophone"));
        Assert.Equal([null, null, null, null, null], Passes("~b 'xylophone$'"));
        Assert.Equal([null, null, null, null, null], Passes("body:/xylophone/"));
        Assert.Equal(5, TestFlows.All(store, "body:xylophone").Total);

        bool?[] Passes(string text)
        {
            var hits = index.Search(Parse(text), CancellationToken.None);
            return [.. Enumerable.Range(1, 5).Select(id => hits?.Passes(0, id))];
        }
    }

    /// <summary>With the index and without it the answers are the same, whatever words and pieces are sought.</summary>
    [Fact]
    public async Task Query_WithTheIndex_GivesWhatTheScanGives()
    {
        string[] words = ["tree", "trees", "streets", "Tree", "tree1", "1tree", "trée", "TREE_house", "abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwxy", "ſtree", "K\u212aelvin"];
        var random = new Random(5);
        await using var store = FlowStore.Open(_files.Path);
        for (var i = 0; i < 60; i++)
        {
            await Record(store, string.Join(" .,-/\n"[random.Next(6)], random.GetItems(words, random.Next(5))), gzip: random.Next(2) == 0);
        }

        var filters = words.Append("house").Append("kelvin").SelectMany(word => new[] { $"body:{word}", $"~b {word}", $"!body:{word}", $"respbody:{word} ~b house", $"reqbody:{word}", $"body={word}" }).ToArray();
        var scanned = Array.ConvertAll(filters, filter => Ids(filter));
        store.SwitchBodyIndex(true);
        await Until(() => store.BodyIndex.Done >= 1);

        Assert.All(filters, (filter, i) => Assert.Equal(scanned[i], Ids(filter)));
        Assert.Contains(scanned, ids => ids.Length is > 0 and < 60);

        long[] Ids(string filter) => [.. TestFlows.All(store, filter).Rows.Select(row => row.Id)];
    }

    [Theory]
    [InlineData("body:xy")]
    [InlineData("~b .*")]
    [InlineData("body:😀😀😀")]
    [InlineData("body!=xylophone")]
    [InlineData("host:example")]
    public async Task Search_TextsThatSayNothing_AreLeftToTheScan(string text)
    {
        await using var store = FlowStore.Open(_files.Path);
        await Record(store, "xylophone 😀😀😀");
        using var index = await Made(store);

        Assert.Null(index.Search(Parse(text), CancellationToken.None));
    }

    /// <summary>What the index does not know, because it is newer or still runs, is read.</summary>
    [Fact]
    public async Task Query_WithTheIndexBehind_IsWhole()
    {
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { BodyIndex = true });
        await Record(store, "xylophone");
        await Until(() => store.BodyIndex.Done >= 1);
        var running = TestFlows.New(store);
        TestFlows.Respond(running);
        await store.AppendBody(running, MessageSide.Response, "xylo"u8.ToArray(), CancellationToken.None);
        await store.Changed(running, CancellationToken.None);
        await store.OpenBody(running.Id, MessageSide.Response, CancellationToken.None);
        for (var i = 0; i < 50; i++)
        {
            await Record(store, $"xylophone {i}");
            Assert.Equal(i + 2, TestFlows.All(store, "body:xylophone").Total);
        }

        Assert.Equal(52, TestFlows.All(store, "body:xylo").Total);
        await store.AppendBody(running, MessageSide.Response, "phone"u8.ToArray(), CancellationToken.None);
        await TestFlows.Finish(store, running);
        await store.Flush();
        Assert.Equal(52, TestFlows.All(store, "body:xylophone").Total);
        await store.DeleteFlow(1);
        Assert.Equal(51, TestFlows.All(store, "body:xylophone").Total);
        await store.DeleteAllFlows();
        Assert.Equal(0, TestFlows.All(store, "body:xylophone").Total);
        await Record(store, "xylophone");
        Assert.Equal(1, TestFlows.All(store, "body:xylophone").Total);
    }

    [Fact]
    public async Task Index_IsKeptFromStartToStart_AndSwitchingItOffDeletesIt()
    {
        await using (var store = FlowStore.Open(_files.Path, new FlowStoreOptions { BodyIndex = true }))
        {
            await Record(store, "xylophone");
            await Until(() => store.BodyIndex.Done >= 1);
        }

        Assert.True(File.Exists(IndexPath));
        await using (var store = FlowStore.Open(_files.Path, new FlowStoreOptions { BodyIndex = true }))
        {
            Assert.Equal(1, store.BodyIndex.Done);
            Assert.Equal(1, TestFlows.All(store, "body:xylophone").Total);
            store.SwitchBodyIndex(false);
            Assert.Equal(new BodyIndexState(false, 0, 0, null), store.BodyIndex);
            Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(IndexPath)!, "*-index*"));
            Assert.Equal(1, TestFlows.All(store, "body:xylophone").Total);
        }
    }

    [Theory]
    [InlineData("not a database at all, but long enough to be taken for one by somebody in a hurry")]
    [InlineData("")]
    public async Task Index_ThatIsDamaged_IsMadeAnew(string content)
    {
        await File.WriteAllTextAsync(IndexPath, content);
        await using var store = FlowStore.Open(_files.Path, new FlowStoreOptions { BodyIndex = true });
        await Record(store, "xylophone");
        await Until(() => store.BodyIndex is { Done: >= 1, Problem: null });
        Assert.Equal(1, TestFlows.All(store, "body:xylophone").Total);
    }

    /// <summary>An index that stayed behind when the session was put back to an older copy must not be believed.</summary>
    [Fact]
    public async Task Index_OfAnotherCourseOfTheSession_IsMadeAnew()
    {
        await using (var store = FlowStore.Open(_files.Path))
        {
            await Record(store, "first");
        }

        File.Copy(_files.Path, _files.Path + ".kept");
        await using (var store = FlowStore.Open(_files.Path, new FlowStoreOptions { BodyIndex = true }))
        {
            for (var i = 0; i < 20; i++)
            {
                await Record(store, "nothing here");
            }

            await Until(() => store.BodyIndex.Done >= 1);
        }

        File.Copy(_files.Path + ".kept", _files.Path, overwrite: true);
        await using (var store = FlowStore.Open(_files.Path))
        {
            for (var i = 0; i < 40; i++)
            {
                await Record(store, $"xylophone {i}", TestFlows.Start.AddMinutes(1));
            }
        }

        await using (var store = FlowStore.Open(_files.Path, new FlowStoreOptions { BodyIndex = true }))
        {
            Assert.Equal(40, TestFlows.All(store, "body:xylophone").Total);
            await Until(() => store.BodyIndex.Done >= 1);
            Assert.Equal(40, TestFlows.All(store, "body:xylophone").Total);
        }
    }

    [Theory]
    [InlineData("Kelvin", "kelvin", true)]
    [InlineData("ſecret", "secret", true)]
    [InlineData("日本語テキスト", "本語テ", true)]
    [InlineData("one\u0000two", "onetwo", false)]
    [InlineData("ab", "ab", false)]
    public void Grams_OfAText_AreAmongThoseOfABodyThatHoldsIt(string body, string text, bool any)
    {
        var grams = new BodyGrams();
        grams.Add(Encoding.UTF8.GetBytes(body));
        var sought = BodyGrams.Of(text);
        Assert.Equal(any, sought.Length > 0 && sought.All(grams.Gathered.Contains));
        grams.Clear();
        Assert.Empty(grams.Gathered);
    }

    private static FlowFilter Parse(string text)
    {
        Assert.True(FlowFilter.TryParse(text, out var filter, out var error), error?.Message);
        return filter;
    }

    /// <summary>The index of a store, complete.</summary>
    private static async Task<BodyIndex> Made(FlowStore store)
    {
        await store.Flush();
        var index = new BodyIndex(store.Session, () => 0);
        index.Switch(true);
        await Until(() => index.State.Done >= 1);
        return index;
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 3000, "It does not come to pass.");
            await Task.Delay(20);
        }
    }

    private static async Task Record(FlowStore store, string body, DateTimeOffset? at = null, bool gzip = false)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var flow = at is null
            ? TestFlows.New(store)
            : new Flow { Id = store.NextFlowId(), StartedAt = at.Value, Client = TestFlows.Client(store), Scheme = "https", Host = "api.example.com", Port = 443 };
        TestFlows.Respond(flow);
        if (gzip)
        {
            flow.Response = ResponseHead.Parse("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"u8.ToArray());
            using var packed = new MemoryStream();
            await using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                stream.Write(bytes);
            }

            bytes = packed.ToArray();
        }

        await store.AppendBody(flow, MessageSide.Response, bytes, CancellationToken.None);
        await TestFlows.Finish(store, flow);
        await store.Flush();
    }
}
