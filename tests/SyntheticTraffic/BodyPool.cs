using System.IO.Compression;
using System.Text;

namespace MitmWeb.SyntheticTraffic;

/// <summary>Bodies to send. Texts are made and compressed once, some hundreds of each kind, because compressing costs more than all else; binary
/// ones are cut out of a stretch of random bytes.</summary>
internal sealed class BodyPool
{
    private const int TextsOfKind = 400;
    private const int NoiseLength = 2 * 1024 * 1024;

    private static readonly string[] Words =
    [
        "alpha", "market", "river", "signal", "window", "garden", "copper", "silver", "planet", "engine", "harbor", "letter", "motion", "number", "orange",
        "paper", "quartz", "random", "station", "table", "user", "value", "winter", "yellow", "zebra", "account", "balance", "customer", "delivery", "error",
        "failure", "group", "history", "invoice", "journal", "kernel", "language", "message", "network", "order", "payment", "query", "result", "secret",
        "token", "update", "version", "warning", "xylophone", "zone",
    ];

    private readonly Dice _dice;
    private readonly byte[] _noise;
    private readonly Dictionary<ContentKind, GeneratedBody[]> _texts = [];
    private readonly GeneratedBody[] _uploads;
    private readonly GeneratedBody[] _errors;

    public BodyPool(Dice dice)
    {
        _dice = dice;
        _noise = dice.Bytes(NoiseLength);
        _texts[ContentKind.Json] = Make(() => Json(dice.Skewed(60) + 1), "application/json; charset=utf-8", 0.7);
        _texts[ContentKind.Html] = Make(Html, "text/html; charset=utf-8", 0.9);
        _texts[ContentKind.Script] = Make(Script, "application/javascript", 0.9);
        _texts[ContentKind.Style] = Make(Style, "text/css", 0.9);
        _texts[ContentKind.Text] = Make(() => Sentence(200), "text/plain", 0.2);
        _uploads = Make(() => Json(dice.Skewed(6) + 1), "application/json", 0);
        _errors = Make(() => $"{{\"error\":\"{dice.Pick(Words)}_{dice.Pick(Words)}\",\"message\":\"{Sentence(8)}\",\"trace\":\"{dice.Hex(32)}\"}}", "application/problem+json", 0.1);
    }

    public GeneratedBody Upload() => _dice.Pick(_uploads);

    public GeneratedBody Error() => _dice.Pick(_errors);

    /// <summary>A body of a kind.</summary>
    public GeneratedBody Of(ContentKind kind) => kind switch
    {
        ContentKind.None => default,
        ContentKind.Image => new(Binary(_dice.Chance(0.3) ? 43 : _dice.Between(300, 9000)), _dice.Pick<string>(["image/webp", "image/jpeg", "image/png", "image/gif"]), null),
        ContentKind.Font => new(Binary(_dice.Between(4000, 20_000)), "font/woff2", null),

        // A few are so long that they are stored in pieces.
        ContentKind.Binary => new(Binary(_dice.Chance(0.02) ? _dice.Between(66_000, 1_500_000) : _dice.Between(500, 8000)), "application/octet-stream", null),
        _ => _dice.Pick(_texts[kind]),
    };

    /// <summary>Random bytes.</summary>
    public ReadOnlyMemory<byte> Binary(int length) => _noise.AsMemory(_dice.Next(NoiseLength - length), length);

    private GeneratedBody[] Make(Func<string> text, string type, double compressed)
    {
        var bodies = new GeneratedBody[TextsOfKind];
        for (var i = 0; i < bodies.Length; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(text());
            var coding = !_dice.Chance(compressed) ? null : _dice.Chance(0.6) ? "gzip" : "br";
            bodies[i] = new GeneratedBody(coding is null ? bytes : Compress(bytes, coding), type, coding);
        }

        return bodies;
    }

    private static byte[] Compress(byte[] bytes, string coding)
    {
        var buffer = new MemoryStream();
        using (var stream = coding == "gzip" ? (Stream)new GZipStream(buffer, CompressionLevel.Optimal) : new BrotliStream(buffer, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return buffer.ToArray();
    }

    private string Json(int items)
    {
        var text = new StringBuilder("{\"items\":[");
        for (var i = 0; i < items; i++)
        {
            text.Append(i == 0 ? "" : ",")
                .Append($"{{\"id\":{_dice.Next(1_000_000)},\"name\":\"{Sentence(3)}\",\"{_dice.Pick(Words)}\":\"{_dice.Hex(24)}\",\"price\":{_dice.Next(100_000)},\"active\":{(_dice.Chance(0.5) ? "true" : "false")},\"note\":\"{Sentence(6)}\"}}");
        }

        return text.Append($"],\"total\":{items},\"next\":\"/api/v1/{_dice.Pick(Words)}?cursor={_dice.Hex(16)}\"}}").ToString();
    }

    private string Html()
    {
        var text = new StringBuilder($"<!doctype html>\n<html lang=\"en\"><head><title>{Sentence(4)}</title></head><body>\n");
        for (var n = _dice.Between(5, 30); n > 0; n--)
        {
            text.Append($"<p class=\"{_dice.Pick(Words)}\">{Sentence(_dice.Between(10, 40))}</p>\n");
        }

        return text.Append("</body></html>\n").ToString();
    }

    private string Script()
    {
        var text = new StringBuilder("\"use strict\";");
        for (var n = _dice.Between(10, 60); n > 0; n--)
        {
            text.Append($"function {_dice.Pick(Words)}{_dice.Next(1000)}(a,b){{return a.{_dice.Pick(Words)}?b.{_dice.Pick(Words)}({_dice.Next(1000)}):\"{_dice.Hex(8)}\"}}");
        }

        return text.ToString();
    }

    private string Style()
    {
        var text = new StringBuilder();
        for (var n = _dice.Between(10, 80); n > 0; n--)
        {
            text.Append($".{_dice.Pick(Words)}-{_dice.Pick(Words)}{{margin:{_dice.Next(40)}px;color:#{_dice.Hex(6)}}}\n");
        }

        return text.ToString();
    }

    private string Sentence(int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => _dice.Pick(Words)));
}
