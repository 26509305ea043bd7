using System.Buffers;
using System.IO.Compression;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Content;

/// <summary>
/// Takes content encodings off a stored body, twice: once to see whether that works, because an answer that has begun cannot be taken back; then
/// to send it. Never more than a few buffers are in memory.
/// </summary>
/// <param name="Length">Bytes of the outcome; null when it goes on after what was tried.</param>
/// <param name="Error">Why there is no outcome, in a few plain words of ASCII.</param>
public sealed record ContentDecoding(long? Length, string? Error)
{
    /// <summary>How far a whole body is tried before it is sent. Up to here nothing is taken for a bomb.</summary>
    public const long MaxTried = 64 * 1024 * 1024;

    /// <summary>How far a body is tried before a part of it is sent: enough to know that it is what it says.</summary>
    public const long FirstTried = 2 * 1024 * 1024;

    /// <summary>More bytes than this made from one of the stored ones, over <see cref="MaxTried"/>, are a bomb: nobody sends such text.</summary>
    public const int BombRatio = 100;

    private const int MaxCodings = 4;

    /// <summary>Decodes without keeping anything.</summary>
    /// <param name="body">The body.</param>
    /// <param name="codings">From <see cref="Codings"/>.</param>
    /// <param name="upTo">How far, in decoded bytes; what looks like a bomb is tried up to <see cref="MaxTried"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<ContentDecoding> Try(StoredBody body, string[] codings, long upTo, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(codings);
        if (codings.Length > MaxCodings)
        {
            return Failed($"{codings.Length} content encodings one over the other; at most {MaxCodings} are taken off");
        }

        if (Array.Find(codings, coding => !IsKnown(coding)) is { } unknown)
        {
            return Failed($"the content encoding {Printable(unknown)} is not known");
        }

        if (codings.Contains("zstd") && !ZstdLibrary.IsAvailable)
        {
            return Failed("zstd needs the library libzstd, which is not installed on the machine that runs MitmWeb");
        }

        if (body.Length == 0)
        {
            return new ContentDecoding(0, null);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(81920);
        try
        {
            await using var decoded = Open(body, codings);
            while (true)
            {
                var count = await decoded.ReadAsync(buffer, cancellationToken);
                if (count == 0)
                {
                    return new ContentDecoding(decoded.Count, null);
                }

                if (decoded.Count > MaxTried || (decoded.Count > upTo && !decoded.IsSuspicious))
                {
                    return new ContentDecoding(null, null);
                }
            }
        }
        catch (Exception e) when (IsDamage(e))
        {
            return Failed(Damage(e, body, codings));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether an exception of a decoding stream means that the body is not what it says.</summary>
    internal static bool IsDamage(Exception exception) => exception is InvalidDataException or InvalidOperationException or IOException;

    /// <summary>What such an exception means, in a few plain words of ASCII.</summary>
    internal static string Damage(Exception exception, StoredBody body, string[] codings) => exception is DecompressionBombException
        ? exception.Message
        : body.Complete
        ? $"the body is not whole or not {string.Join(", ", codings)}"
        : $"the body is not complete yet, so {string.Join(", ", codings)} cannot be taken off";

    /// <summary>The decoded bytes as a stream; it throws where the body is damaged, or a bomb (<see cref="IsDamage"/>).</summary>
    internal static BombGuardStream Open(StoredBody body, string[] codings)
    {
        var stored = new CountingStream(body.OpenRead());
        return new BombGuardStream(Open(stored, codings), stored);
    }

    /// <summary>The codings of a message in the order in which they were put on (RFC 9110, section 8.4), in lower case.</summary>
    public static string[] Codings(HeaderList? headers)
    {
        var codings = new List<string>();
        for (var i = headers?.IndexOf("content-encoding"u8) ?? -1; i >= 0; i = headers!.IndexOf("content-encoding"u8, i + 1))
        {
            codings.AddRange(headers![i].Value.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        codings.RemoveAll(coding => coding == "identity");
        return [.. codings];
    }

    /// <summary>The beginning of a body with its codings taken off; as it is where that does not work.</summary>
    /// <param name="open">Opens the body as it was on the wire; it may be asked twice.</param>
    /// <param name="codings">From <see cref="Codings"/>.</param>
    /// <param name="most">The most bytes to give.</param>
    internal static ReadOnlyMemory<byte> Beginning(Func<Stream> open, string[] codings, int most)
    {
        if (codings.Length is > 0 and <= MaxCodings && codings.All(IsKnown) && (ZstdLibrary.IsAvailable || !codings.Contains("zstd")))
        {
            try
            {
                using var decoded = Open(open(), codings);
                return ReadUpTo(decoded, most);
            }
            catch (Exception e) when (IsDamage(e))
            {
                // Damaged, not whole yet, or not encoded at all: the bytes themselves are what there is.
            }
        }

        using var plain = open();
        return ReadUpTo(plain, most);
    }

    private static ReadOnlyMemory<byte> ReadUpTo(Stream stream, int most)
    {
        var bytes = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(81920);
        try
        {
            while (bytes.Length < most && stream.Read(buffer, 0, (int)Math.Min(buffer.Length, most - bytes.Length)) is var count and > 0)
            {
                bytes.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static Stream Open(Stream stream, string[] codings)
    {
        for (var i = codings.Length - 1; i >= 0; i--)
        {
            stream = codings[i] switch
            {
                "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
                "br" => new BrotliStream(stream, CompressionMode.Decompress),
                "zstd" => new ZstdDecoderStream(stream),
                _ => OpenDeflate(stream),
            };

            // What is inside another encoding is bounded too, though it is never sent.
            stream = i > 0 ? new BoundedStream(stream, MaxTried) : stream;
        }

        return stream;
    }

    private static bool IsKnown(string coding) => coding is "gzip" or "x-gzip" or "deflate" or "br" or "zstd";

    private static ContentDecoding Failed(string reason) => new(null, reason);

    private static string Printable(string text) => new(text.Take(40).Where(c => c is > ' ' and < '\u007f').ToArray());

    /// <summary>"deflate" means the zlib format (RFC 9110, section 8.4.1.2), but some servers send bare deflate data.</summary>
    private static Stream OpenDeflate(Stream stream)
    {
        var start = new byte[2];
        var count = stream.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        var zlib = count == 2 && (start[0] & 0x0f) == 8 && ((start[0] << 8) | start[1]) % 31 == 0;
        Stream whole = new PrefixedStream(start.AsMemory(0, count), stream);
        return zlib ? new ZLibStream(whole, CompressionMode.Decompress) : new DeflateStream(whole, CompressionMode.Decompress);
    }
}
