using System.Diagnostics;
using MitmWeb.Proxy.Storage;
using MitmWeb.SyntheticTraffic;

namespace MitmWeb.Benchmarks;

/// <summary>Makes a session file of synthetic traffic, as fast as the store takes it.</summary>
internal static class GenerateSession
{
    public static async Task RunAsync(string path, int flows, int seed)
    {
        if (File.Exists(path) && new FileInfo(path).Length > 0)
        {
            throw new InvalidOperationException($"There is a file {path} already; name another one or delete it.");
        }

        var watch = Stopwatch.StartNew();
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        await using (var store = FlowStore.Open(path))
        {
            await new TrafficGenerator(seed).Record(store, flows, done =>
            {
                if (done % 100_000 == 0)
                {
                    Console.WriteLine($"{done,9} flows after {watch.Elapsed.TotalSeconds,5:0.0} s");
                }
            });
            await store.Flush();
        }

        var used = Process.GetCurrentProcess().TotalProcessorTime - before;
        Console.WriteLine(
            $"{flows} flows in {watch.Elapsed.TotalSeconds:0.0} s ({flows / watch.Elapsed.TotalSeconds:0} each second, {used.TotalMicroseconds / flows:0} µs of processor time each), " +
            $"{new FileInfo(path).Length / 1024.0 / 1024:0} MiB, {(double)new FileInfo(path).Length / flows:0} bytes each");
    }
}
