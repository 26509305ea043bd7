using System.Diagnostics;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Tests.Storage;

public sealed class SessionFileTests : IDisposable
{
    private readonly TestFlows _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Open_FileThatIsNoDatabase_RefusedAndUntouched() => AssertRefused("this is somebody's letter"u8.ToArray(), "is not a MitmWeb session");

    [Fact]
    public void Open_AnotherApplicationsDatabase_RefusedAndUntouched()
    {
        Execute(_files.Path, "CREATE TABLE letters (text TEXT); PRAGMA application_id=1234;");
        AssertRefused(File.ReadAllBytes(_files.Path), "another application");
    }

    [Fact]
    public async Task Open_NewerFile_RefusedAndUntouched()
    {
        await FlowStore.Open(_files.Path).DisposeAsync();
        Execute(_files.Path, "PRAGMA user_version=99; PRAGMA journal_mode=DELETE;");
        AssertRefused(File.ReadAllBytes(_files.Path), "newer MitmWeb");
    }

    [Fact]
    public async Task Open_OlderFile_IsBroughtUpToDateAndKeepsItsFlows()
    {
        OldSession.Create(_files.Path);
        Assert.Contains("older MitmWeb", Assert.Throws<SessionFileException>(() => SessionView.Open(_files.Path)).Message, StringComparison.Ordinal);

        await using (var store = FlowStore.Open(_files.Path))
        {
            var flow = store.GetFlow(1)!;
            Assert.Equal(("old.test", 200, "GET"), (flow.Row.Host, flow.Row.Status, flow.Request!.Method));
            Assert.Equal(1, store.GetStats().Flows);
        }

        using (var view = SessionView.Open(_files.Path))
        {
            Assert.Equal("hi"u8.ToArray(), view.ReadBody(1, MessageSide.Response, 10));
        }

        var fresh = _files.Path + "-fresh";
        await FlowStore.Open(fresh).DisposeAsync();
        Assert.Equal(Tables(fresh), Tables(_files.Path));
    }

    /// <summary>Bringing a file up to date takes many transactions, and MitmWeb may be stopped between any two.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Open_OlderFileThatWasLeftHalfUpToDate_GoesOnWithIt(int transactions)
    {
        const int Flows = 2500;
        OldSession.Create(_files.Path, Flows);
        if (transactions > 0)
        {
            using var database = Database.OpenReadWrite(_files.Path);
            Assert.Throws<OperationCanceledException>(() => SchemaSteps.Apply(database, _ => _ = --transactions > 0 ? 0 : throw new OperationCanceledException()));
            Assert.Contains("half up to date", Assert.Throws<SessionFileException>(() => SessionView.Open(_files.Path)).Message, StringComparison.Ordinal);
        }

        await using (var store = FlowStore.Open(_files.Path))
        {
            Assert.Equal(Flows, TestFlows.All(store, "~h nothing | path:/").Total);
            Assert.Equal(Flows - (Flows / 3), TestFlows.All(store, "~bq ^sent").Total);
            foreach (var id in new[] { 1, 2, 999, 1000, 1001, 2000, 2001, 2500 })
            {
                var flow = store.GetFlow(id)!;
                Assert.Equal(($"/{id}", "POST", 7L), (flow.Row.Path, flow.Request!.Method, flow.Timings.End));
                Assert.Equal(id % 3 > 0 ? $"sent {id}" : "", Encoding.ASCII.GetString(await TestFlows.ReadAll(store, id, MessageSide.Request)));
                Assert.Equal(id % 4 > 0 ? $"received {id}" : "", Encoding.ASCII.GetString(await TestFlows.ReadAll(store, id, MessageSide.Response)));
            }
        }

        var fresh = _files.Path + "-fresh";
        await FlowStore.Open(fresh).DisposeAsync();
        Assert.Equal(Tables(fresh), Tables(_files.Path));
    }

    [Fact]
    public async Task Open_FileOfAVersionThatNeverWas_RefusedAndUntouched()
    {
        await FlowStore.Open(_files.Path).DisposeAsync();
        Execute(_files.Path, "PRAGMA user_version=0; PRAGMA journal_mode=DELETE;");
        AssertRefused(File.ReadAllBytes(_files.Path), "no MitmWeb has written");
    }

    [Fact]
    public async Task Open_DamagedFile_Refused()
    {
        await FlowStore.Open(_files.Path).DisposeAsync();
        using (var file = new FileStream(_files.Path, FileMode.Open))
        {
            file.Position = 100;
            file.Write(TestFlows.Bytes(30_000));
        }

        var refused = Assert.Throws<SessionFileException>(() => FlowStore.Open(_files.Path));
        Assert.Contains("is damaged", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FileWithATrigger_Refused()
    {
        await FlowStore.Open(_files.Path).DisposeAsync();
        Execute(_files.Path, "CREATE TRIGGER t AFTER INSERT ON flow BEGIN DELETE FROM flow; END;");
        var refused = Assert.Throws<SessionFileException>(() => FlowStore.Open(_files.Path));
        Assert.Contains("triggers", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FileInUse_RefusedUntilItIsClosed()
    {
        var store = FlowStore.Open(_files.Path);
        var refused = Assert.Throws<SessionFileException>(() => FlowStore.Open(_files.Path));
        Assert.Contains("in use by another MitmWeb", refused.Message, StringComparison.Ordinal);
        Assert.Contains(_files.Path, refused.Message, StringComparison.Ordinal);
        await store.DisposeAsync();
        await FlowStore.Open(_files.Path).DisposeAsync();
    }

    [Fact]
    public void Open_PathThatCannotBe_RefusedInPlainWords()
    {
        File.WriteAllText(_files.Path, "");
        Assert.Throws<SessionFileException>(() => FlowStore.Open(Path.Combine(_files.Path, "below-a-file")));
        var refused = Assert.Throws<SessionFileException>(() => FlowStore.Open(Path.GetDirectoryName(_files.Path)!));
        Assert.Contains("is a folder", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_EmptyFile_BecomesASessionThatKeepsItsId()
    {
        File.WriteAllText(_files.Path, "");
        string id;
        await using (var store = FlowStore.Open(_files.Path))
        {
            id = store.Session.Id;
            Assert.Equal("session", store.Session.Name);
        }

        await using var reopened = FlowStore.Open(_files.Path);
        Assert.Equal(id, reopened.Session.Id);
    }

    /// <summary>The process that is killed is this test library, run again by the child test below.</summary>
    [Fact]
    public async Task Kill_WhileWriting_EverythingAnnouncedIsThere()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MITMWEB_STORE_CHILD"] = _files.Path },
        };
        foreach (var argument in new[] { "vstest", typeof(SessionFileTests).Assembly.Location, $"--Tests:{nameof(Child_WhenAsked_WritesUntilKilled)}" })
        {
            start.ArgumentList.Add(argument);
        }

        using var host = Process.Start(start)!;
        _ = host.StandardOutput.ReadToEndAsync();
        _ = host.StandardError.ReadToEndAsync();
        var announced = _files.Path + ".announced";
        var watch = Stopwatch.StartNew();
        while (Announced(announced) is not { Seq: > 3000 })
        {
            Assert.False(host.HasExited, "the child ended by itself");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "the child wrote nothing");
            await Task.Yield();
        }

        var child = Announced(announced)!.Value;
        using (var process = Process.GetProcessById(child.Process))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        host.Kill(entireProcessTree: true);
        await host.WaitForExitAsync();
        var last = Announced(announced)!.Value.Seq;

        await using (var store = FlowStore.Open(_files.Path))
        {
            var page = TestFlows.All(store);
            Assert.True(page.Seq >= last, $"{last} was announced, {page.Seq} is there");
            Assert.DoesNotContain(page.Rows, row => row.State is FlowState.Pending or FlowState.Streaming);
            Assert.Contains(page.Rows, row => row.State == FlowState.Error);
            Assert.Equal(page.Total, page.Rows.Count);
            Assert.True(store.NextFlowId() > page.Rows[^1].Id);
        }

        using var database = Database.OpenRead(_files.Path);
        using var check = database.Prepare("PRAGMA integrity_check");
        Assert.True(check.Step());
        Assert.Equal("ok", check.Text(0));
    }

    [Fact]
    public async Task Child_WhenAsked_WritesUntilKilled()
    {
        if (Environment.GetEnvironmentVariable("MITMWEB_STORE_CHILD") is not { } path)
        {
            return;
        }

        await using var store = FlowStore.Open(path);
        using var subscription = store.Subscribe();
        using var announced = new FileStream(path + ".announced", FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        var running = TestFlows.New(store);
        await store.Changed(running, CancellationToken.None);
        var report = Task.Run(async () =>
        {
            while (await subscription.Read(CancellationToken.None) is { } changes)
            {
                var line = new byte[16];
                BitConverter.TryWriteBytes(line, (long)Environment.ProcessId);
                BitConverter.TryWriteBytes(line.AsSpan(8), changes.Seq);
                announced.Position = 0;
                announced.Write(line);
                announced.Flush();
            }
        });
        while (!report.IsCompleted)
        {
            await TestFlows.Record(store);
            await store.AppendBody(running, MessageSide.Response, new byte[1000], CancellationToken.None);
        }
    }

    private static (int Process, long Seq)? Announced(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var line = new byte[16];
        return file.ReadAtLeast(line, 16, throwOnEndOfStream: false) == 16
            ? ((int)BitConverter.ToInt64(line), BitConverter.ToInt64(line, 8))
            : null;
    }

    /// <summary>Every column of every table: table, position, name, type.</summary>
    private static List<string> Tables(string path)
    {
        var columns = new List<string>();
        using var database = Database.OpenRead(path);
        using var select = database.Prepare("SELECT m.name, c.cid, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, 2");
        while (select.Step())
        {
            columns.Add($"{select.Text(0)} {select.Int64(1)} {select.Text(2)} {select.Text(3)}");
        }

        return columns;
    }

    private static void Execute(string path, string sql)
    {
        using var database = Database.OpenReadWrite(path);
        database.Execute(sql);
    }

    private void AssertRefused(byte[] content, string reason)
    {
        File.WriteAllBytes(_files.Path, content);
        var refused = Assert.Throws<SessionFileException>(() => FlowStore.Open(_files.Path));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_files.Path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllBytes(_files.Path));
    }
}
