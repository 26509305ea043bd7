using BenchmarkDotNet.Attributes;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;
using MitmWeb.SyntheticTraffic;

namespace MitmWeb.Benchmarks.Micro;

/// <summary>The predicate of a filter, on flows as they come by: per flow, over a thousand of synthetic traffic.</summary>
public class FilterPredicate
{
    private const int Flows = 1000;

    private DirectoryInfo _folder = null!;
    private (FlowRow Row, FilterContent Content)[] _flows = null!;
    private FlowFilter _filter = null!;

    /// <summary>Conditions on the row, a regular expression on the row, and conditions on header lines.</summary>
    [Params("host:shop", "status:4xx", "host:shop & type:json & method=POST", "~u /api/v1/users/[0-9]+$", "header.server=Caddy", "~h \"user-agent: .*firefox\"")]
    public string Filter { get; set; } = "";

    // The toolchain does not wait for a task.
    [GlobalSetup]
    public void Prepare() => PrepareAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void CleanUp() => _folder.Delete(recursive: true);

    [Benchmark(OperationsPerInvoke = Flows)]
    public int Matches()
    {
        var found = 0;
        foreach (var (row, content) in _flows)
        {
            found += _filter.Matches(row, content) ? 1 : 0;
        }

        return found;
    }

    private async Task PrepareAsync()
    {
        if (!FlowFilter.TryParse(Filter, out var filter, out var error))
        {
            throw new InvalidOperationException(error.Message);
        }

        _filter = filter;
        _folder = Directory.CreateTempSubdirectory("mitmweb-bench-");
        await using var store = FlowStore.Open(Path.Combine(_folder.FullName, "filter.mitmweb"));
        await new TrafficGenerator(1).Record(store, Flows);
        await store.Flush();
        _flows = [.. store.QueryFlows(FlowFilter.Everything, FlowSort.ById, 0, Flows).Rows.Select(row => (row, (FilterContent)new StoredFlowContent(store.GetFlow(row.Id)!, null, null)))];
        if (_flows.Length != Flows)
        {
            throw new InvalidOperationException($"{_flows.Length} flows were stored instead of {Flows}.");
        }
    }
}
