using MitmWeb.Benchmarks;

// Each measurement prints a few lines that docs/performance.md quotes.
switch (args)
{
    case ["leaves"]:
        LeafCost.Run();
        break;
    case ["hosts", .. var rest]:
        await ManyHosts.RunAsync(rest is [var count] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 1000);
        break;
    default:
        Console.WriteLine("""
            dotnet run -c Release --project tests/Benchmarks -- leaves         the processor time of a leaf certificate
            dotnet run -c Release --project tests/Benchmarks -- hosts [1000]   memory while that many different hosts are asked, again and again
            """);
        return 2;
}

return 0;
