using System.Globalization;
using System.Text;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.SyntheticTraffic;

/// <summary>The heads of messages as they are on the wire: together some thirty lines.</summary>
internal sealed class HeadWriter(Dice dice)
{
    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
        "okhttp/4.12.0",
        "curl/8.11.0",
        "python-requests/2.32.3",
    ];

    private readonly StringBuilder _text = new(4096);

    public byte[] Request(Site site, Resource resource, string version, GeneratedBody body, ClientConnection client)
    {
        _text.Clear().Append(resource.Method).Append(' ').Append(resource.Path).Append(' ').Append(version).Append("\r\n");
        var host = site.Port is 80 or 443 ? site.Host : $"{site.Host}:{site.Port}";
        Line("Host", host);
        var agent = Agents[(int)(client.Id % Agents.Length)];
        Line("User-Agent", agent);
        Line("Accept", resource.Content switch
        {
            ContentKind.Json => "application/json, text/plain, */*",
            ContentKind.Html => "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            ContentKind.Image => "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
            _ => "*/*",
        });
        Line("Accept-Encoding", "gzip, deflate, br, zstd");
        Line("Accept-Language", dice.Chance(0.5) ? "en-GB,en;q=0.9,de;q=0.8" : "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7");
        if (agent.StartsWith("Mozilla", StringComparison.Ordinal))
        {
            Line("Referer", $"https://www.{site.Host}/{dice.Hex(6)}");
            Line("Sec-Ch-Ua", "\"Google Chrome\";v=\"131\", \"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\"");
            Line("Sec-Ch-Ua-Mobile", "?0");
            Line("Sec-Ch-Ua-Platform", "\"Linux\"");
            Line("Sec-Fetch-Dest", resource.Content == ContentKind.Html ? "document" : "empty");
            Line("Sec-Fetch-Mode", "cors");
            Line("Sec-Fetch-Site", "same-site");
            Line("Priority", "u=1, i");
        }

        if (resource.Content == ContentKind.Json)
        {
            Line("Authorization", "Bearer " + dice.Hex(64));
            Line("X-Request-Id", dice.Hex(32));
        }

        Line("Cookie", $"session={dice.Hex(32)}; _ga=GA1.2.{dice.Next(int.MaxValue)}.{dice.Next(int.MaxValue)}; theme=dark; consent={dice.Hex(48)}; _csrf={dice.Hex(24)}");
        if (!body.Bytes.IsEmpty)
        {
            Line("Content-Type", body.Type!);
            Line("Content-Length", body.Bytes.Length.ToString(CultureInfo.InvariantCulture));
        }

        return End();
    }

    public byte[] Response(Site site, Resource resource, string version, int status, GeneratedBody body, DateTimeOffset now)
    {
        _text.Clear().Append(version).Append(' ').Append(status);
        if (version == "HTTP/1.1")
        {
            _text.Append(' ').Append(Reason(status));
        }

        _text.Append("\r\n");
        Line("Date", now.ToString("R", CultureInfo.InvariantCulture));
        Line("Server", site.Server);
        if (body.Type is not null)
        {
            Line("Content-Type", body.Type);
            Line("Content-Length", body.Bytes.Length.ToString(CultureInfo.InvariantCulture));
        }

        if (body.Coding is not null)
        {
            Line("Content-Encoding", body.Coding);
        }

        if (status is 301 or 302)
        {
            Line("Location", $"https://{site.Host}/{dice.Hex(12)}");
        }

        var cached = resource.Content is ContentKind.Image or ContentKind.Script or ContentKind.Style or ContentKind.Font;
        Line("Cache-Control", cached ? "public, max-age=31536000, immutable" : "private, no-store");
        Line("ETag", $"W/\"{dice.Hex(16)}\"");
        Line("Vary", "Accept-Encoding, Origin");
        Line("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload");
        Line("X-Content-Type-Options", "nosniff");
        Line("X-Frame-Options", "SAMEORIGIN");
        Line("Content-Security-Policy", "default-src 'self'; img-src * data:; script-src 'self' 'nonce-" + dice.Hex(16) + "'");
        Line("X-Request-Id", dice.Hex(32));
        Line("Alt-Svc", "h3=\":443\"; ma=86400");
        Line("Via", $"1.1 {dice.Hex(8)}.cdn.example (CloudFront)");
        Line("X-Cache", cached && dice.Chance(0.8) ? "Hit from cloudfront" : "Miss from cloudfront");
        if (!cached && dice.Chance(0.3))
        {
            Line("Set-Cookie", $"session={dice.Hex(32)}; Path=/; Secure; HttpOnly; SameSite=Lax");
        }

        return End();
    }

    private void Line(string name, string value) => _text.Append(name).Append(": ").Append(value).Append("\r\n");

    private byte[] End()
    {
        _text.Append("\r\n");
        var bytes = new byte[_text.Length];
        var at = 0;
        foreach (var chunk in _text.GetChunks())
        {
            at += Encoding.Latin1.GetBytes(chunk.Span, bytes.AsSpan(at));
        }

        return bytes;
    }

    private static string Reason(int status) => status switch
    {
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "",
    };
}
