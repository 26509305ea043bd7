using System.Diagnostics;
using System.Globalization;
using System.Text;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Tests.Connections;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>
/// Mutated messages through everything that reads the wire: nothing but <see cref="HttpWireException"/> is thrown, nothing hangs, and
/// where the bytes are cut makes no difference. The seed is fixed, so every run sees the same inputs. For a long run, say how many:
/// <code>MITMWEB_FUZZ=1000000 dotnet test tests/Proxy.Tests --filter WireFuzz</code>
/// </summary>
public sealed class WireFuzzTests
{
    private static readonly string[] Seeds =
    [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST http://a:80/x?y HTTP/1.1\r\nhost:a \r\nContent-Length: 5\r\nX: 1\r\n  fold\r\n\r\nhello",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\nTrailer: X\r\n\r\n5;a=\"b\"\r\nhello\r\n0a\r\n0123456789\r\n0\r\nX: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nSet-Cookie: a\r\nset-cookie:\tb\r\n\r\nhello",
        "HTTP/1.0 404\nConnection: close\n\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT [::1]:443 HTTP/1.1\r\nProxy-Connection: keep-alive\r\n\r\n",
        "3\r\nabc\r\n1;x\r\nd\r\n0\r\n\r\n",
        "0\r\nA: b\r\nC: d\r\n\r\n",
    ];

    private static readonly byte[][] Tokens =
    [
        "\r"u8.ToArray(), "\n"u8.ToArray(), "\r\n"u8.ToArray(), "\r\n\r\n"u8.ToArray(), " "u8.ToArray(), "\t"u8.ToArray(), ":"u8.ToArray(), "\0"u8.ToArray(), ","u8.ToArray(),
        "Content-Length: 5\r\n"u8.ToArray(), "Transfer-Encoding: chunked\r\n"u8.ToArray(), "chunked"u8.ToArray(), "0\r\n"u8.ToArray(), "7fffffffffffffff"u8.ToArray(),
        "HTTP/1.1"u8.ToArray(), "://"u8.ToArray(), ";"u8.ToArray(), [0xff], [22, 3, 1], [0, 16], [0, 0],
    ];

    [Fact]
    public void Wire_MutatedInput_IsReadOrRefusedAndNothingElse()
    {
        var asked = Environment.GetEnvironmentVariable("MITMWEB_FUZZ");
        var count = asked is null ? int.MaxValue : int.Parse(asked, CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        var random = new Random(20240607);
        byte[][] corpus = [.. Seeds.Select(Encoding.Latin1.GetBytes), .. RecordedHellos.All.Select(static row => Convert.FromBase64String((string)row[3]))];

        for (var i = 0; i < count && (asked is not null || watch.ElapsedMilliseconds < 2000); i++)
        {
            var input = Mutate(corpus[random.Next(corpus.Length)], corpus, random);
            var cut = random.Next(input.Length + 1);
            try
            {
                CheckAll(input, cut);
            }
            catch (Exception exception) when (exception is not HttpWireException)
            {
                Assert.Fail($"Input {i}, cut at {cut}: {Convert.ToBase64String(input)}\n{exception}");
            }
        }
    }

    /// <summary>Everything that reads bytes of the wire, with one input.</summary>
    private static void CheckAll(byte[] input, int cut)
    {
        CheckHead(input, cut);
        CheckChunks(input, cut);
        CheckStart(input, cut);
    }

    private static void CheckHead(byte[] input, int cut)
    {
        var length = HeadParser.FindEnd(input);
        var early = HeadParser.FindEnd(input.AsSpan(0, cut));
        Assert.Equal(length, early >= 0 ? early : HeadParser.FindEnd(input, cut));
        var raw = length < 0 ? input : input[..length];

        var request = RequestHead.Parse(raw);
        CheckRanges(request.Headers, raw.Length);
        var framing = BodyFraming.OfRequest(request);
        Assert.True(framing.Refusal is not null || framing.Kind != BodyKind.UntilClose);
        Assert.True(framing.Length >= 0);
        var isClean = HeadCheck.OfRequest(request) is null;
        if (RequestTarget.TrySplit(request.Target, out var destination, out var path))
        {
            Assert.InRange(destination.Port, 1, 65535);
            var outgoing = RequestTarget.ToOriginForm(request, path);
            Assert.True(!isClean || HeadCheck.OfRequest(outgoing) is null);
            Assert.Equal(framing, BodyFraming.OfRequest(outgoing));
        }

        if (isClean && length >= 0)
        {
            // What is let through reads the same after a line by line reading of the simplest kind.
            var lines = Encoding.Latin1.GetString(raw).Split('\n').Skip(1).Select(static line => line.TrimEnd('\r')).TakeWhile(static line => line.Length > 0);
            Assert.Equal(
                lines.Select(static line => new HeaderField(line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(' ', '\t'))),
                request.Headers);
        }

        var response = ResponseHead.Parse(raw);
        CheckRanges(response.Headers, raw.Length);
        Assert.True(response.Status is 0 or (>= 100 and <= 999));
        BodyFraming.OfResponse(response, "GET");
        HeadCheck.OfResponse(response);
    }

    private static void CheckRanges(HeaderList headers, int length)
    {
        var position = 0;
        for (var i = 0; i < headers.Count; i++)
        {
            var (start, count) = headers.LineRange(i).GetOffsetAndLength(length);
            Assert.True(start >= position && count > 0);
            position = start + count;
            _ = headers[i];
        }
    }

    private static void CheckChunks(byte[] input, int cut)
    {
        var whole = ReadChunks(input, input.Length);
        Assert.Equal(whole, ReadChunks(input, cut));
    }

    private static (string Content, string? Trailers, int Taken, bool IsBroken) ReadChunks(byte[] input, int cut)
    {
        var decoder = default(ChunkedDecoder);
        var content = new StringBuilder();
        var position = 0;
        try
        {
            foreach (var end in new[] { cut, input.Length })
            {
                while (decoder.TryRead(input.AsSpan(position, end - position), out var piece))
                {
                    content.Append(Encoding.Latin1.GetString(input.AsSpan(position + piece.Length - piece.Data, piece.Data)));
                    if (piece.IsLast)
                    {
                        return (content.ToString(), piece.Trailers is { } range ? Encoding.Latin1.GetString(input.AsSpan(position, piece.Length)[range]) : null, position + piece.Length, false);
                    }

                    Assert.True(piece.Length > 0);
                    position += piece.Length;
                }
            }
        }
        catch (HttpWireException)
        {
            // How much of the content had been given out before depends on the cut, but that it is broken does not.
            return ("", null, 0, true);
        }

        return (content.ToString(), null, 0, false);
    }

    private static void CheckStart(byte[] input, int cut)
    {
        var protocol = ProtocolSniffer.Detect(input);
        var early = ProtocolSniffer.Detect(input.AsSpan(0, cut));
        Assert.True(early == Protocol.NeedMore || early == protocol);

        var result = ClientHello.Read(input, out var hello);
        var earlyResult = ClientHello.Read(input.AsSpan(0, cut), out var earlyHello);
        Assert.True(earlyResult == ClientHelloResult.Incomplete || earlyResult == result);
        Assert.Equal(result == ClientHelloResult.Complete, hello is not null);
        if (earlyHello is not null)
        {
            Assert.Equal((hello!.ServerName, string.Join(',', hello.Alpn)), (earlyHello.ServerName, string.Join(',', earlyHello.Alpn)));
        }
    }

    private static byte[] Mutate(byte[] seed, byte[][] corpus, Random random)
    {
        var bytes = seed.ToList();
        for (var rounds = random.Next(1, 6); rounds > 0; rounds--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 4 when at < bytes.Count:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(32), bytes.Count - at)));
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    var other = corpus[random.Next(corpus.Length)];
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(64))]);
                    break;
            }
        }

        return [.. bytes];
    }
}
