using System.Diagnostics;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Benchmarks;

/// <summary>What a new leaf certificate costs, in processor time of the whole process.</summary>
internal static class LeafCost
{
    private const int Rounds = 5;
    private const int Count = 1000;

    public static void Run()
    {
        foreach (var kind in new[] { KeyKind.Ecdsa, KeyKind.Rsa })
        {
            foreach (var names in new[] { 1, 100 })
            {
                Measure(kind, names);
            }
        }
    }

    private static void Measure(KeyKind kind, int names)
    {
        var folder = Directory.CreateTempSubdirectory("mitmweb-bench-");
        try
        {
            using var authority = CertificateAuthority.LoadOrCreate(folder.FullName, kind, TimeProvider.System);
            using var leaves = new LeafCertificates(authority, revocationList: new Uri("http://mitm.it" + authority.RevocationListPath));
            var best = TimeSpan.MaxValue;
            for (var round = 0; round <= Rounds; round++)
            {
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                for (var i = 0; i < Count; i++)
                {
                    leaves.Get(LeafSubject.ForHost($"host{i}.round{round}.example").With(Enumerable.Range(1, names - 1).Select(n => $"n{n}.example")));
                }

                // The first round is for the compiler.
                var each = (Process.GetCurrentProcess().TotalProcessorTime - before) / Count;
                best = round > 0 && each < best ? each : best;
            }

            Console.WriteLine($"{authority.KeyAlgorithm,-12} {names,4} {(names == 1 ? "name " : "names")}  {best.TotalMicroseconds,6:0} µs");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
