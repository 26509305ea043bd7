using System.Diagnostics;
using System.Globalization;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Benchmarks;

/// <summary>How quickly a large session answers, asked in the ways in which the dashboard asks. Best on a file of <c>generate</c>, whose words the
/// filters know.</summary>
internal static class MillionFlows
{
    private const int Window = 100;
    private const double OpenTarget = 2000;
    private const double FirstWindowTarget = 100;
    private const double WindowTarget = 50;
    private const double IndexedTarget = 300;
    private const double OtherTarget = 2000;

    private static readonly string[] Indexed =
    [
        "host:shop", "host:api", "host=api-eu.bank.example.org", "host:nowhere", "~d ^cdn\\.", "~d shop|news", "method=POST", "method:PATCH", "~m ^(PUT|DELETE)$",
        "status:4xx", "status:5xx", "status:200", "~c 404", "~c >=500", "type:json", "type:image", "~t javascript|css", "time:{middle}..{later}", "time>{later}", "is:error", "is:asset",
        "is:websocket", "host:shop & status:4xx", "host:shop & type:json & method=POST", "status:5xx | host:bank", "!host:api", "!(host:track | host:pixel) & type:json & !status:2xx",
        "time>{later} & host:mail & ~c 404",
    ];

    private static readonly string[] Others =
    [
        "url:invoices", "~u page=1[0-9]", "~u /api/v1/users/[0-9]+$", "invoices", "path:/api/v2", "query:utm_source", "query:/sort=name/", "header:cloudfront", "header:no-such-thing",
        "header:\"x-cache: hit\"", "header.cache-control:no-store", "header.server=Caddy", "reqheader:curl", "respheader.set-cookie:session", "~h set-cookie", "~h \"user-agent: .*firefox\"",
        "~hq \"^cookie: .*theme=dark\"", "~hs \"^x-request-id: [0-9]\"", "cookie.theme:dark", "cookie.session:abc", "header:firefox & status:5xx", "host:shop & ~h cloudfront",
        "client:192.168.1.11", "server::8443", "ip:20.", "size>100kb", "duration>1s", "sni:shop", "ja4:t13i0906", "tls:1.2", "conn:100..200",
    ];

    private static readonly string[] Bodies = ["body:xylophone", "~b \"secret.{1,20}token\"", "respbody:xylophone & type:html & status:404"];

    /// <param name="path">The session.</param>
    /// <param name="rounds">How often each is done; what takes seconds is done less often.</param>
    /// <param name="only">Runs only filters with this in them; empty for all.</param>
    public static void Run(string path, int rounds, string only)
    {
        Console.WriteLine($"{"",-52} {"p50 ms",9} {"p95 ms",9} {"cpu ms",9} {"target",7}");
        var (open, first) = (new Timings(), new Timings());
        FlowPage page = new(0, 0, 0, []);
        for (var i = 0; i < rounds; i++)
        {
            var each = open.Take(() => FlowStore.Open(path));
            page = first.Take(() => each.QueryFlows(FlowFilter.Everything, FlowSort.ById, 0, Window));
            each.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        Console.WriteLine(open.Line("open", OpenTarget, $"{page.Total} flows, {new FileInfo(path).Length / 1024 / 1024} MiB"));
        Console.WriteLine(first.Line("first window", FirstWindowTarget, ""));

        var store = FlowStore.Open(path);
        var (middle, later) = Moments(store, page.Total);
        if (only.Length == 0)
        {
            Windows(store, rounds * 10, page.Total);
        }

        Filters(store, Indexed, rounds, IndexedTarget);
        Memory();
        Filters(store, Others, rounds, OtherTarget);
        Memory();
        if (only.Length == 0)
        {
            Lists(store, rounds);
        }

        Filters(store, Bodies, 1, 0);
        if (only.Length > 0 && !Indexed.Concat(Others).Concat(Bodies).Any(text => text.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            Filter(store, only, rounds, 0);
        }

        Memory();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();

        void Filters(FlowStore store, string[] texts, int rounds, double target)
        {
            foreach (var text in texts.Select(text => text.Replace("{middle}", middle, StringComparison.Ordinal).Replace("{later}", later, StringComparison.Ordinal)))
            {
                if (text.Contains(only, StringComparison.OrdinalIgnoreCase))
                {
                    Filter(store, text, rounds, target);
                }
            }
        }
    }

    /// <summary>The count and the first window.</summary>
    private static void Filter(FlowStore store, string text, int rounds, double target)
    {
        var filter = Parse(text);
        var timings = new Timings();
        FlowPage page = new(0, 0, 0, []);
        var until = Stopwatch.GetTimestamp() + (10 * Stopwatch.Frequency);
        for (var i = 0; i < rounds && (i < 3 || Stopwatch.GetTimestamp() < until); i++)
        {
            page = timings.Take(() => store.QueryFlows(filter, FlowSort.ById, 0, Window));
        }

        Console.WriteLine(timings.Line(text, target, $"{page.Total} flows"));
    }

    /// <summary>Windows anywhere, unfiltered: what scrolling asks for.</summary>
    private static void Windows(FlowStore store, int rounds, long total)
    {
        var random = new Random(7);
        foreach (var sort in new[] { "id", "-id" })
        {
            var timings = new Timings();
            for (var i = 0; i < rounds; i++)
            {
                var at = random.NextInt64(total);
                timings.Take(() => store.QueryFlows(FlowFilter.Everything, Sort(sort), at, Window));
            }

            Console.WriteLine(timings.Line($"a window by position, by {sort}", WindowTarget, ""));
        }
    }

    /// <summary>All ids of a filter in an order, which a view keeps, and windows of it.</summary>
    private static void Lists(FlowStore store, int rounds)
    {
        var random = new Random(8);
        foreach (var (text, sort) in new[] { ("", "-id"), ("host:shop", "id"), ("", "-durationMs"), ("", "host"), ("", "path"), ("type:json", "-startedAt"), ("header:cloudfront", "-responseSize") })
        {
            var (filter, order) = (Parse(text), Sort(sort));
            var (build, window) = (new Timings(), new Timings());
            MatchingFlows found = new([], 0);
            for (var i = 0; i < Math.Min(3, rounds); i++)
            {
                found = build.Take(() => store.MatchingIds(filter, order));
            }

            for (var i = 0; i < rounds * 5; i++)
            {
                var at = random.Next(Math.Max(1, found.Ids.Length - Window));
                window.Take(() => store.Rows(found.Ids.AsMemory(at, Math.Min(Window, found.Ids.Length))));
            }

            var name = $"“{text}” by {sort}";
            Console.WriteLine(build.Line($"all ids of {name}", 0, $"{found.Ids.Length} flows"));
            Console.WriteLine(window.Line($"a window of {name}", WindowTarget, ""));
        }
    }

    private static (string Middle, string Later) Moments(FlowStore store, long total)
    {
        return (At(total / 2), At(total * 3 / 4));

        string At(long position) => store.QueryFlows(FlowFilter.Everything, FlowSort.ById, position, 1).Rows[0].StartedAt
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    private static void Memory()
    {
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"-- working set {process.WorkingSet64 / 1024 / 1024} MiB, at most {process.PeakWorkingSet64 / 1024 / 1024} MiB (target 400 MB)");
    }

    private static FlowFilter Parse(string text) =>
        FlowFilter.TryParse(text, out var filter, out var error) ? filter : throw new ArgumentException($"{text}: {error.Message}");

    private static FlowSort Sort(string text) => FlowSort.TryParse(text, out var sort) ? sort : throw new ArgumentException($"There is no column {text}.");
}
