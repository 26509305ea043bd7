namespace MitmWeb.Proxy.Http;

/// <summary>
/// Finds and takes apart message heads (RFC 9112, sections 2 to 5). It judges nothing: what is on the wire is described as it is,
/// and whether a head may pass is decided elsewhere (the body framing).
/// </summary>
internal static class HeadParser
{
    /// <summary>The length of the head at the start of <paramref name="bytes"/>, its empty line included, or -1 when it has not ended yet.
    /// Lines end with CRLF or a bare LF (RFC 9112, section 2.2).</summary>
    /// <param name="bytes">What has been read so far.</param>
    /// <param name="from">How far an earlier call has looked: the search goes on there.</param>
    public static int FindEnd(ReadOnlySpan<byte> bytes, int from = 0)
    {
        // Steps back so that an end which was cut in two is seen.
        var position = Math.Max(0, from - 3);
        while (true)
        {
            var lf = bytes[position..].IndexOf((byte)'\n');
            if (lf < 0)
            {
                return -1;
            }

            position += lf + 1;
            var rest = bytes[position..];
            if (rest.StartsWith("\n"u8))
            {
                return position + 1;
            }

            if (rest.StartsWith("\r\n"u8))
            {
                return position + 2;
            }
        }
    }

    /// <summary>The first line without its line end, and where the next one starts.</summary>
    public static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> head, out int next)
    {
        var lf = head.IndexOf((byte)'\n');
        if (lf < 0)
        {
            next = head.Length;
            return head;
        }

        next = lf + 1;
        return head[..(lf > 0 && head[lf - 1] == '\r' ? lf - 1 : lf)];
    }

    /// <summary>Reads header lines from <paramref name="position"/> up to the empty line or the end.</summary>
    public static HeaderList ParseLines(byte[] bytes, int position)
    {
        var count = 0;
        Span<HeaderList.Line> few = stackalloc HeaderList.Line[32];
        HeaderList.Line[]? many = null;
        var lines = new HeadLines(bytes, position);
        while (lines.MoveNext())
        {
            if (many is null && count == few.Length)
            {
                many = few.ToArray();
            }

            if (many is not null && count == many.Length)
            {
                Array.Resize(ref many, count * 2);
            }

            (many is null ? few : many)[count++] = lines.Current;
        }

        return count == 0 ? HeaderList.Empty : new HeaderList(bytes, (many is null ? few : many)[..count].ToArray());
    }
}
