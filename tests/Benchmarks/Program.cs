using System.Globalization;
using MitmWeb.Benchmarks;
using MitmWeb.Benchmarks.Micro;

// Each measurement prints a few lines that docs/performance.md quotes.
switch (args)
{
    case ["leaves"]:
        LeafCost.Run();
        break;
    case ["hosts", .. var rest]:
        await ManyHosts.RunAsync(rest is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 1000);
        break;
    case ["generate", var path, .. var options] when Options(options, "--flows", "--seed") is { } numbers:
        await GenerateSession.RunAsync(path, numbers.GetValueOrDefault("--flows", 1_000_000), numbers.GetValueOrDefault("--seed", 1));
        break;
    case ["million", var path, .. var options] when Options(options, "--rounds") is { } numbers:
        MillionFlows.Run(path, numbers.GetValueOrDefault("--rounds", 20), "");
        break;
    case ["million", var path, var only, .. var options] when Options(options, "--rounds") is { } numbers:
        MillionFlows.Run(path, numbers.GetValueOrDefault("--rounds", 20), only);
        break;
    case ["bodies", var path, .. var options] when Options(options, "--rounds", "--keep") is { } numbers:
        await (numbers.ContainsKey("--keep") ? BodySearch.SearchAsync(path, numbers.GetValueOrDefault("--rounds", 20)) : BodySearch.RunAsync(path, numbers.GetValueOrDefault("--rounds", 20)));
        break;
    case ["micro", .. var rest] when rest is [] or ["--long"] or [not "--long"] or [not "--long", "--long"]:
        return MicroBenchmarks.Run(rest is [not "--long", ..] ? rest[0] : "", rest is [.., "--long"]);
    default:
        Console.WriteLine("""
            dotnet run -c Release --project tests/Benchmarks -- leaves         the processor time of a leaf certificate
            dotnet run -c Release --project tests/Benchmarks -- hosts [1000]   memory while that many different hosts are asked, again and again
            dotnet run -c Release --project tests/Benchmarks -- generate FILE [--flows 1000000] [--seed 1]
                                                                               makes a session of synthetic traffic
            dotnet run -c Release --project tests/Benchmarks -- million FILE [FILTERS] [--rounds 20]
                                                                               how quickly such a session answers; FILTERS: only filters with this text
            dotnet run -c Release --project tests/Benchmarks -- bodies FILE [--rounds 20] [--keep 1]
                                                                               how quickly the index of its bodies is made and answers; --keep 1: as it is
            dotnet run -c Release --project tests/Benchmarks -- micro [FILTER] [--long]
                                                                               the parts by themselves, with BenchmarkDotNet; FILTER: only those with this name; --long: with less noise
            """);
        return 2;
}

return 0;

// Numbers with names; null when there is something else.
static Dictionary<string, int>? Options(string[] args, params string[] names)
{
    var options = new Dictionary<string, int>();
    for (var i = 0; i < args.Length; i += 2)
    {
        if (i + 1 == args.Length || !names.Contains(args[i]) || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        options[args[i]] = number;
    }

    return options;
}
