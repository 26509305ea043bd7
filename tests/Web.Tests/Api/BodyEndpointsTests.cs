using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace MitmWeb.Web.Tests.Api;

public sealed class BodyEndpointsTests
{
    private static readonly byte[] Text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Hello, wire! ", 5000)));

    public static TheoryData<string, string> Encodings => new()
    {
        { "gzip", "gzip" },
        { "X-GZIP", "gzip" },
        { "deflate", "zlib" },
        { "deflate", "raw" },
        { "br", "br" },
        { "br, gzip", "br gzip" },
    };

    [Fact]
    public async Task Get_Stored_IsOpaqueAndSandboxed()
    {
        await using var dashboard = await Dashboard.Start();
        var flow = await dashboard.Record(body: "<script>alert(1)</script>"u8.ToArray(), headers: "Content-Type: text/html\r\n");
        foreach (var query in new[] { "", "?as=image" })
        {
            using var response = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/response/body{query}");
            Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.ToString());
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("<script>alert(1)</script>", await response.Content.ReadAsStringAsync());
        }

        using var empty = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/request/body");
        Assert.Equal(HttpStatusCode.OK, empty.StatusCode);
        Assert.Empty(await empty.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("image/png", "image/png")]
    [InlineData("Image/SVG+xml; charset=utf-8", "image/svg+xml")]
    [InlineData("image/x-unknown", "application/octet-stream")]
    public async Task Get_AsImage_OnlyTypesThatAreSafe(string sent, string given)
    {
        await using var dashboard = await Dashboard.Start();
        var flow = await dashboard.Record(body: [1], headers: $"Content-Type: {sent}\r\n");
        using var response = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/response/body?as=image");
        Assert.Equal(given, response.Content.Headers.ContentType!.ToString());
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_RangesAndETags_AnswerAsRfc9110Says()
    {
        await using var dashboard = await Dashboard.Start();
        var bytes = new byte[700_000];
        new Random(1).NextBytes(bytes);
        var flow = await dashboard.Record(body: bytes);
        var path = $"/api/flows/{flow.Id}/response/body";
        using var whole = await dashboard.Client.GetAsync(path);
        var tag = whole.Headers.ETag!;
        Assert.Equal("bytes", whole.Headers.AcceptRanges.Single());
        Assert.Equal(bytes, await whole.Content.ReadAsByteArrayAsync());

        async Task<HttpResponseMessage> Send(Action<HttpRequestHeaders> set, HttpMethod? method = null)
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
            set(request.Headers);
            return await dashboard.Client.SendAsync(request);
        }

        using var part = await Send(headers => headers.Range = new RangeHeaderValue(262_100, 600_000));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[262_100..600_001], await part.Content.ReadAsByteArrayAsync());
        using var end = await Send(headers => headers.Range = new RangeHeaderValue(null, 5));
        Assert.Equal(bytes[^5..], await end.Content.ReadAsByteArrayAsync());
        using var beyond = await Send(headers => headers.Range = new RangeHeaderValue(700_000, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        using var same = await Send(headers => headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var ifRange = await Send(headers =>
        {
            headers.Range = new RangeHeaderValue(0, 0);
            headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue("\"other\""));
        });
        Assert.Equal(HttpStatusCode.OK, ifRange.StatusCode);
        using var head = await Send(_ => { }, HttpMethod.Head);
        Assert.Equal(700_000, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Get_RunningFlow_GivesWhatHasPassedWithAnotherETagLater()
    {
        await using var dashboard = await Dashboard.Start();
        var flow = await dashboard.Record(body: [1, 2, 3], end: false);
        using var first = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/response/body");
        Assert.Equal([1, 2, 3], await first.Content.ReadAsByteArrayAsync());
        await dashboard.Store.AppendBody(flow, Proxy.Flows.MessageSide.Response, new byte[] { 4 }, CancellationToken.None);
        using var second = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/response/body");
        Assert.Equal([1, 2, 3, 4], await second.Content.ReadAsByteArrayAsync());
        Assert.NotEqual(first.Headers.ETag, second.Headers.ETag);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Get_Decoded_TakesTheEncodingsOff(string header, string encoders)
    {
        await using var dashboard = await Dashboard.Start();
        var bytes = Text;
        foreach (var encoder in encoders.Split(' '))
        {
            bytes = encoder switch
            {
                "gzip" => Dashboard.Gzip(bytes),
                "zlib" => Dashboard.Encode(to => new ZLibStream(to, CompressionLevel.Fastest), bytes),
                "raw" => Dashboard.Encode(to => new DeflateStream(to, CompressionLevel.Fastest), bytes),
                _ => Dashboard.Encode(to => new BrotliStream(to, CompressionLevel.Fastest), bytes),
            };
        }

        var flow = await dashboard.Record(body: bytes, headers: $"Content-Encoding: {header}\r\n");
        using var response = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/response/body?decoded=true");
        Assert.Equal(header.ToLowerInvariant(), response.Headers.GetValues("X-Decoded").Single());
        Assert.Equal(Text.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Text, await response.Content.ReadAsByteArrayAsync());
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/api/flows/{flow.Id}/response/body?decoded=true");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await dashboard.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var stored = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/response/body");
        Assert.Equal(bytes, await stored.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Get_DecodedZstd_WorksOrSaysWhatIsMissing()
    {
        await using var dashboard = await Dashboard.Start();
        var frame = ZstdFrame("hello zstd\n"u8.ToArray());
        var flow = await dashboard.Record(body: [.. frame, .. frame], headers: "Content-Encoding: zstd\r\n");
        using var response = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/response/body?decoded=true");
        if (MitmWeb.Proxy.Content.ZstdLibrary.IsAvailable)
        {
            Assert.Equal("hello zstd\nhello zstd\n", await response.Content.ReadAsStringAsync());
            var cut = await dashboard.Record(body: frame[..^3], headers: "Content-Encoding: zstd\r\n");
            using var failed = await dashboard.Client.GetAsync($"/api/flows/{cut.Id}/response/body?decoded=true");
            Assert.True(failed.Headers.Contains("X-Decode-Error"));
        }
        else
        {
            Assert.Contains("libzstd", response.Headers.GetValues("X-Decode-Error").Single(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("gzip", "damaged")]
    [InlineData("gzip", "cut")]
    [InlineData("br", "damaged")]
    [InlineData("br", "cut")]
    [InlineData("deflate", "cut")]
    [InlineData("compress", "damaged")]
    [InlineData("gzip, gzip, gzip, gzip, gzip", "damaged")]
    public async Task Get_DecodedButCorrupt_AnswersTheStoredBytesAndWhy(string encoding, string damage)
    {
        await using var dashboard = await Dashboard.Start();
        var bytes = encoding switch
        {
            "br" => Dashboard.Encode(to => new BrotliStream(to, CompressionLevel.Fastest), Text),
            "deflate" => Dashboard.Encode(to => new ZLibStream(to, CompressionLevel.Fastest), Text),
            _ => Dashboard.Gzip(Text),
        };
        if (damage == "cut")
        {
            bytes = bytes[..(bytes.Length / 2)];
        }
        else
        {
            bytes.AsSpan(bytes.Length / 2, 8).Fill(0xff);
            bytes.AsSpan(0, 4).Clear();
        }

        var flow = await dashboard.Record(body: bytes, headers: $"Content-Encoding: {encoding}\r\n");
        using var response = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/response/body?decoded=true");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEmpty(response.Headers.GetValues("X-Decode-Error").Single());
        Assert.False(response.Headers.Contains("X-Decoded"));
        Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Get_DecodedBomb_AnswersTheStoredBytesAndWhy()
    {
        await using var dashboard = await Dashboard.Start();
        var bomb = Dashboard.Encode(
            to => new GZipStream(to, CompressionLevel.Optimal),
            new byte[(int)MitmWeb.Proxy.Content.ContentDecoding.MaxTried + 1_000_000]);
        var plain = await dashboard.Record(body: bomb, headers: "Content-Encoding: gzip\r\n");
        var nested = await dashboard.Record(body: Dashboard.Gzip(bomb), headers: "Content-Encoding: gzip, gzip\r\n");
        foreach (var flow in new[] { plain, nested })
        {
            foreach (var range in new[] { null, new RangeHeaderValue(0, 999) })
            {
                using var response = await Part(dashboard, $"/api/flows/{flow.Id}/response/body?decoded=true", range);
                Assert.NotEmpty(response.Headers.GetValues("X-Decode-Error").Single());
                Assert.False(response.Headers.Contains("X-Decoded"));
            }
        }
    }

    [Fact]
    public async Task Get_DecodedRanges_AreThoseOfTheDecodedBody()
    {
        await using var dashboard = await Dashboard.Start();
        var bytes = new byte[5_000_000];
        var random = new Random(3);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)('a' + random.Next(16));
        }

        var flow = await dashboard.Record(body: Dashboard.Gzip(bytes), headers: "Content-Encoding: gzip\r\n");
        var path = $"/api/flows/{flow.Id}/response/body?decoded=true";
        foreach (var (from, to) in new (int, int)[] { (0, 99_999), (100_000, 4_200_000), (4_200_001, 4_300_000), (17, 30), (4_999_990, 6_000_000) })
        {
            using var part = await Part(dashboard, path, new RangeHeaderValue(from, to));
            Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
            var expected = bytes[from..Math.Min(to + 1, bytes.Length)];
            Assert.Equal(expected, await part.Content.ReadAsByteArrayAsync());
            Assert.Equal(from, part.Content.Headers.ContentRange!.From);
            Assert.Equal(to < bytes.Length ? null : bytes.Length, part.Content.Headers.ContentRange.Length);
        }

        using var beyond = await Part(dashboard, path, new RangeHeaderValue(5_000_000, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        using var whole = await Part(dashboard, path, null);
        Assert.Equal(bytes, await whole.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task RowsAndSearch_ReadTheDecodedBody()
    {
        await using var dashboard = await Dashboard.Start();
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(i => $"line {i} of grün\n")));
        var flow = await dashboard.Record(body: Dashboard.Gzip(text), headers: "Content-Encoding: gzip\r\n");
        var path = $"/api/flows/{flow.Id}/response/body";
        var rows = await dashboard.Client.GetFromJsonAsync<JsonElement>($"{path}/rows?decoded=true");
        Assert.Equal((text.Length, 3000), (rows.GetProperty("length").GetInt32(), rows.GetProperty("rows").GetInt32()));
        var found = await dashboard.Client.GetFromJsonAsync<JsonElement>(
            $"{path}/search?decoded=true&regex=true&text={Uri.EscapeDataString("line 2\\d\\d of GRÜN")}&limit=2");
        Assert.Equal(100, found.GetProperty("count").GetInt32());
        var first = found.GetProperty("matches")[0];
        var (at, length) = (first.GetProperty("at").GetInt32(), first.GetProperty("length").GetInt32());
        Assert.Equal("line 200 of grün", Encoding.UTF8.GetString(text.AsSpan(at, length)));
        Assert.Equal(2, found.GetProperty("matches").GetArrayLength());
        foreach (var bad in new[] { "text=", "text=(&regex=true", "text=" + new string('x', 4001) })
        {
            using var refused = await dashboard.Client.GetAsync($"{path}/search?{bad}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    [Theory]
    [InlineData("html", "text/html; charset=utf-8", "text/html; charset=utf-8", true)]
    [InlineData("pdf", "application/pdf", "application/pdf", false)]
    [InlineData("html", "application/pdf", "application/octet-stream", true)]
    public async Task Get_AsPage_NothingRuns(string kind, string sent, string given, bool sandboxed)
    {
        await using var dashboard = await Dashboard.Start();
        var flow = await dashboard.Record(body: "<script>alert(1)</script>"u8.ToArray(), headers: $"Content-Type: {sent}\r\n");
        using var response = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/response/body?as={kind}");
        Assert.Equal(given, response.Content.Headers.ContentType!.ToString());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow", policy, StringComparison.Ordinal);
        Assert.Equal(sandboxed, policy.Contains("sandbox", StringComparison.Ordinal));
    }

    private static async Task<HttpResponseMessage> Part(Dashboard dashboard, string path, RangeHeaderValue? range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Range = range;
        return await dashboard.Client.SendAsync(request);
    }

    /// <summary>A frame with one raw block (RFC 8878, section 3.1.1).</summary>
    private static byte[] ZstdFrame(byte[] content)
    {
        var header = (content.Length << 3) | 1;
        return [0x28, 0xb5, 0x2f, 0xfd, 0x20, (byte)content.Length, (byte)header, (byte)(header >> 8), (byte)(header >> 16), .. content];
    }
}
