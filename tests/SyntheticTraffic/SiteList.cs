namespace MitmWeb.SyntheticTraffic;

/// <summary>The hosts that are asked: a few very often, hundreds seldom.</summary>
internal sealed class SiteList
{
    private const int Count = 600;

    private static readonly string[] Owners =
    [
        "shop", "news", "bank", "maps", "video", "mail", "chat", "photos", "music", "travel", "weather", "games", "wiki", "forum", "tickets", "learn",
        "health", "food", "jobs", "sports", "cloud", "docs", "social", "auction", "books",
    ];

    private static readonly string[] Ends = ["example", "example.com", "example.org", "test"];

    private readonly Dice _dice;
    private readonly Site[] _sites;

    public SiteList(Dice dice)
    {
        _dice = dice;
        var names = new HashSet<string>();
        var sites = new List<Site>();
        while (sites.Count < Count)
        {
            var kind = (SiteKind)dice.Next(4);
            var owner = dice.Pick(Owners) + (dice.Chance(0.5) ? "" : dice.Between(1, 30).ToString(System.Globalization.CultureInfo.InvariantCulture));
            var label = kind switch
            {
                SiteKind.Api => dice.Pick<string>(["api", "gateway", "auth", "api-eu", "graph"]),
                SiteKind.Pages => dice.Pick<string>(["www", "m", "app", "blog"]),
                SiteKind.Assets => dice.Pick<string>(["cdn", "static", "img", "assets", "media"]),
                _ => dice.Pick<string>(["track", "telemetry", "stats", "ads", "pixel"]),
            };
            var host = $"{label}.{owner}.{dice.Pick(Ends)}";
            if (names.Add(host))
            {
                sites.Add(new Site(dice, host, kind));
            }
        }

        _sites = [.. sites];
    }

    public Site Next() => _sites[_dice.Skewed(Count)];
}
