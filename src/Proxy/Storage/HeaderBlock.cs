using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Storage;

/// <summary>Heads and trailers as one BLOB, and back.</summary>
internal static class HeaderBlock
{
    /// <summary>Trailer lines with the empty line that ends them; null for none.</summary>
    public static byte[]? Write(HeaderList? trailers)
    {
        if (trailers is null)
        {
            return null;
        }

        var buffer = new MemoryStream();
        for (var i = 0; i < trailers.Count; i++)
        {
            buffer.Write(trailers.NameBytes(i));
            buffer.Write(": "u8);
            buffer.Write(trailers.ValueBytes(i));
            buffer.Write("\r\n"u8);
        }

        buffer.Write("\r\n"u8);
        return buffer.ToArray();
    }

    /// <summary>Interim heads one after the other; null for none.</summary>
    public static byte[]? Write(IReadOnlyList<ResponseHead> interim)
    {
        if (interim.Count == 0)
        {
            return null;
        }

        var buffer = new MemoryStream();
        foreach (var head in interim)
        {
            buffer.Write(head.Raw);
        }

        return buffer.ToArray();
    }

    public static HeaderList? ReadTrailers(byte[]? block) => block is null ? null : HeaderList.Parse(block);

    /// <summary>Each head ends with an empty line.</summary>
    public static IReadOnlyList<ResponseHead> ReadInterim(byte[]? block)
    {
        if (block is null)
        {
            return [];
        }

        var heads = new List<ResponseHead>();
        var rest = block.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = HeadParser.FindEnd(rest);
            end = end < 0 ? rest.Length : end;
            heads.Add(ResponseHead.Parse(rest[..end].ToArray()));
            rest = rest[end..];
        }

        return heads;
    }
}
