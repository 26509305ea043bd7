using System.Diagnostics;
using System.Globalization;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Benchmarks;

/// <summary>How quickly the index of bodies is made, how large it becomes, and how quickly it answers. Best on a file of <c>generate</c>.</summary>
internal static class BodySearch
{
    private const double Target = 500;

    private static readonly string[] Indexed =
    [
        "body:xylophone", "body:no-such-text-anywhere", "respbody:xylophone & type:html & status:404", "body:zebra | body:xylophone", "reqbody:\"user_id\"",
        "!body:e & status:404", "body:the",
    ];

    /// <summary>What must be read in the flows that the index names, or in all: no target, but progress.</summary>
    private static readonly string[] Read = ["~b \"secret.{1,20}token\"", "~b \"[0-9]+ xylophone\"", "body=x"];

    /// <param name="path">The session.</param>
    /// <param name="rounds">How often each is done.</param>
    public static async Task RunAsync(string path, int rounds)
    {
        await using var store = FlowStore.Open(path);
        var bodies = 0L;
        foreach (var row in Enumerable.Range(0, 20).SelectMany(i => store.QueryFlows(FlowFilter.Everything, FlowSort.ById, i * 50_000L, 1000).Rows))
        {
            bodies += row.RequestSize + row.ResponseSize;
        }

        var flows = store.GetStats().Flows;
        var bytes = bodies / 20_000.0 * flows;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{flows} flows, about {bytes / 1e6:0} MB of bodies as they passed"));

        store.SwitchBodyIndex(false);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var begin = Stopwatch.GetTimestamp();
        store.SwitchBodyIndex(true);
        for (var told = 0; store.BodyIndex.Done < 1;)
        {
            await Task.Delay(200);
            if ((int)(store.BodyIndex.Done * 10) > told)
            {
                told = (int)(store.BodyIndex.Done * 10);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {told * 10} % after {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s, {store.BodyIndex.Bytes / 1e6:0} MB, {Environment.WorkingSet / 1e6:0} MB of memory"));
            }
        }

        var elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"index made in {elapsed:0} s ({cpu.TotalSeconds:0} s of processor time): {bytes / 1e6 / elapsed:0.0} MB/s, {flows / elapsed:0} flows/s; {store.BodyIndex.Bytes / 1e6:0} MB"));
        Search(store, rounds);
    }

    /// <summary>Searches only, with the index as it is.</summary>
    public static async Task SearchAsync(string path, int rounds)
    {
        await using var store = FlowStore.Open(path, new FlowStoreOptions { BodyIndex = true });
        while (store.BodyIndex.Done < 1)
        {
            await Task.Delay(100);
        }

        Search(store, rounds);
    }

    private static void Search(FlowStore store, int rounds)
    {
        Console.WriteLine($"{"",-52} {"p50 ms",9} {"p95 ms",9} {"cpu ms",9} {"target",7}");
        foreach (var text in Indexed.Concat(Read))
        {
            if (!FlowFilter.TryParse(text, out var filter, out var error))
            {
                throw new InvalidOperationException($"{text}: {error.Message}");
            }

            var timings = new Timings();
            FlowPage page = new(0, 0, 0, []);
            var until = Stopwatch.GetTimestamp() + (10 * Stopwatch.Frequency);
            for (var i = 0; i < rounds && (i < 2 || Stopwatch.GetTimestamp() < until); i++)
            {
                page = timings.Take(() => store.QueryFlows(filter, FlowSort.ById, 0, 100));
            }

            Console.WriteLine(timings.Line(text, Read.Contains(text) ? 0 : Target, $"{page.Total} flows"));
        }
    }
}
