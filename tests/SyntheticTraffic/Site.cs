using System.Globalization;
using System.Net;

namespace MitmWeb.SyntheticTraffic;

/// <summary>A host and what it serves.</summary>
internal sealed class Site
{
    private static readonly string[] Nouns =
    [
        "users", "orders", "products", "sessions", "carts", "messages", "events", "invoices", "reports", "search", "devices", "teams", "files",
        "comments", "prices", "stock", "payments", "addresses", "notifications", "settings",
    ];

    private readonly SiteKind _kind;
    private readonly string[] _assets;

    public Site(Dice dice, string host, SiteKind kind)
    {
        Host = host;
        _kind = kind;
        Scheme = dice.Chance(0.94) ? "https" : "http";
        Port = (Scheme, dice.Chance(0.05)) switch { ("https", false) => 443, ("https", true) => 8443, (_, false) => 80, _ => 8080 };
        Version = Scheme == "https" && dice.Chance(0.7) ? "HTTP/2" : "HTTP/1.1";
        Latency = dice.Between(2000, 180_000);
        Address = new IPAddress([(byte)dice.Between(20, 220), (byte)dice.Next(256), (byte)dice.Next(256), (byte)dice.Between(1, 255)]);
        Server = dice.Pick<string>(["nginx", "nginx/1.27.2", "Apache/2.4.62 (Unix)", "cloudflare", "AmazonS3", "envoy", "Microsoft-IIS/10.0", "Caddy"]);
        _assets = new string[dice.Between(20, 200)];
        for (var i = 0; i < _assets.Length; i++)
        {
            _assets[i] = dice.Hex(16);
        }
    }

    public string Host { get; }

    public string Scheme { get; }

    public int Port { get; }

    public string Version { get; }

    public IPAddress Address { get; }

    /// <summary>The name of its software.</summary>
    public string Server { get; }

    /// <summary>How long it takes to answer at least, in microseconds.</summary>
    public int Latency { get; }

    /// <summary>Something that is asked of it.</summary>
    public Resource Next(Dice dice) => _kind switch
    {
        SiteKind.Api => Api(dice),
        SiteKind.Pages => dice.Chance(0.3) ? Page(dice) : dice.Chance(0.5) ? Asset(dice) : Api(dice),
        SiteKind.Assets => Asset(dice),
        _ => Tracking(dice),
    };

    private static Resource Api(Dice dice)
    {
        var noun = dice.Pick(Nouns);
        var id = dice.Next(1_000_000).ToString(CultureInfo.InvariantCulture);
        var version = dice.Chance(0.8) ? "v1" : "v2";
        return dice.Next(100) switch
        {
            < 35 => new Resource("GET", $"/api/{version}/{noun}/{id}", ContentKind.Json),
            < 65 => new Resource("GET", $"/api/{version}/{noun}?page={dice.Between(1, 60)}&limit=50&sort={(dice.Chance(0.5) ? "-created" : "name")}", ContentKind.Json),
            < 82 => new Resource("POST", $"/api/{version}/{noun}", ContentKind.Json),
            < 86 => new Resource("PUT", $"/api/{version}/{noun}/{id}", ContentKind.Json),
            < 89 => new Resource("PATCH", $"/api/{version}/{noun}/{id}", ContentKind.Json),
            < 91 => new Resource("DELETE", $"/api/{version}/{noun}/{id}", ContentKind.Json),
            < 97 => new Resource("OPTIONS", $"/api/{version}/{noun}", ContentKind.None),
            _ => new Resource("POST", "/graphql", ContentKind.Json),
        };
    }

    private static Resource Page(Dice dice)
    {
        var path = dice.Next(4) switch
        {
            0 => "/",
            1 => $"/{dice.Pick(Nouns)}/{dice.Next(20_000)}-{dice.Pick(Nouns)}-and-{dice.Pick(Nouns)}.html",
            2 => $"/search?q={dice.Pick(Nouns)}+{dice.Pick(Nouns)}&utm_source=newsletter&utm_campaign={dice.Hex(6)}",
            _ => $"/blog/2026/{dice.Between(1, 13):00}/{dice.Pick(Nouns)}-{dice.Hex(4)}/",
        };
        return new Resource(dice.Chance(0.02) ? "HEAD" : "GET", path, dice.Chance(0.95) ? ContentKind.Html : ContentKind.Text);
    }

    private Resource Asset(Dice dice)
    {
        var name = _assets[dice.Skewed(_assets.Length)];
        return dice.Next(100) switch
        {
            < 30 => new Resource("GET", $"/static/js/chunk.{name}.js", ContentKind.Script),
            < 42 => new Resource("GET", $"/static/css/{name}.css", ContentKind.Style),
            < 85 => new Resource("GET", $"/images/{name[..2]}/{name}.{(dice.Chance(0.5) ? "webp?w=640&q=75" : "jpg")}", ContentKind.Image),
            < 92 => new Resource("GET", $"/fonts/{name}.woff2", ContentKind.Font),
            _ => new Resource("GET", $"/download/{name}.bin?token={dice.Hex(32)}", ContentKind.Binary),
        };
    }

    private static Resource Tracking(Dice dice) => dice.Chance(0.5)
        ? new Resource("POST", $"/collect?v=2&tid=G-{dice.Hex(10)}&cid={dice.Next(int.MaxValue)}.{dice.Next(int.MaxValue)}&en=page_view", ContentKind.None)
        : new Resource("GET", $"/pixel.gif?uid={dice.Hex(16)}&t={dice.Next(int.MaxValue)}&ref=https%3A%2F%2Fwww.shop.example%2F{dice.Pick(Nouns)}", ContentKind.Image);
}
