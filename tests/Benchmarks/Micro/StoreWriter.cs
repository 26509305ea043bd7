using BenchmarkDotNet.Attributes;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Benchmarks.Micro;

/// <summary>The whole way of small flows into the session file: per flow, from its beginning until it is committed.</summary>
public class StoreWriter
{
    private const int Flows = 2000;

    private DirectoryInfo _folder = null!;
    private FlowStore _store = null!;
    private ClientConnection _client = null!;
    private ServerConnection _server = null!;

    [GlobalSetup]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("mitmweb-bench-");
        _store = FlowStore.Open(Path.Combine(_folder.FullName, "writer.mitmweb"));
        (_client, _server) = SmallFlow.Connect(_store);
    }

    // The toolchain does not wait for a task.
    [GlobalCleanup]
    public void Close()
    {
        _store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Delete(recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Flows)]
    public async Task Record()
    {
        for (var i = 0; i < Flows; i++)
        {
            await SmallFlow.Record(_store, _client, _server);
        }

        await _store.Flush();
    }
}
