using System.IO.Compression;

namespace MitmWeb.Proxy.Http;

/// <summary>Takes content codings off a body that is in memory (RFC 9110, section 8.4).</summary>
internal static class ContentCodings
{
    private const int MaxCodings = 4;

    /// <summary>Decodes, but never more than a limit: a few kilobytes can stand for gigabytes.</summary>
    /// <param name="body">The bytes as they were on the wire.</param>
    /// <param name="headers">The message's headers.</param>
    /// <param name="limit">The most bytes to give.</param>
    /// <param name="decoded">The outcome; when it returns false, what could be read before the body broke off or the limit was reached.</param>
    /// <returns>Whether the whole body was decoded.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> body, HeaderList headers, int limit, out ReadOnlyMemory<byte> decoded)
    {
        var codings = Of(headers);
        decoded = codings.Length == 0 ? body[..Math.Min(body.Length, limit)] : default;
        if (codings.Length == 0)
        {
            return body.Length <= limit;
        }

        if (codings.Length > MaxCodings || !Array.TrueForAll(codings, static coding => coding is "gzip" or "x-gzip" or "br" or "deflate"))
        {
            return false;
        }

        var whole = true;
        decoded = body;
        for (var i = codings.Length - 1; i >= 0; i--)
        {
            whole &= TryDecode(decoded, codings[i], limit, out decoded);
        }

        return whole;
    }

    /// <summary>The codings that were put on, in their order; empty when there are none.</summary>
    public static string[] Of(HeaderList headers)
    {
        var codings = new List<string>();
        for (var i = headers.IndexOf("Content-Encoding"u8); i >= 0; i = headers.IndexOf("Content-Encoding"u8, i + 1))
        {
            codings.AddRange(headers[i].Value.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        codings.RemoveAll(static coding => coding == "identity");
        return [.. codings];
    }

    private static bool TryDecode(ReadOnlyMemory<byte> encoded, string coding, int limit, out ReadOnlyMemory<byte> decoded)
    {
        using var output = new MemoryStream();
        var whole = false;
        try
        {
            using var input = new MemoryStream(encoded.ToArray());
            using Stream decoder = coding switch
            {
                "br" => new BrotliStream(input, CompressionMode.Decompress),
                "deflate" when IsBareDeflate(encoded.Span) => new DeflateStream(input, CompressionMode.Decompress),
                "deflate" => new ZLibStream(input, CompressionMode.Decompress),
                _ => new GZipStream(input, CompressionMode.Decompress),
            };
            var buffer = new byte[16 * 1024];
            int count;
            while ((count = decoder.Read(buffer)) > 0 && output.Length + count <= limit)
            {
                output.Write(buffer, 0, count);
            }

            if (count > 0)
            {
                output.Write(buffer, 0, limit - (int)output.Length);
            }

            whole = count == 0;
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or IOException)
        {
            // Cut off or damaged: what came out before is all there is.
        }

        decoded = output.ToArray();
        return whole;
    }

    /// <summary>"deflate" means the zlib format (RFC 9110, section 8.4.1.2), but some servers send bare deflate data.</summary>
    private static bool IsBareDeflate(ReadOnlySpan<byte> encoded) =>
        encoded.Length < 2 || (encoded[0] & 0x0f) != 8 || ((encoded[0] << 8) | encoded[1]) % 31 != 0;
}
