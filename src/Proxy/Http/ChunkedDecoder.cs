using System.Buffers.Text;

namespace MitmWeb.Proxy.Http;

/// <summary>
/// Takes a chunked body apart (RFC 9112, section 7.1) without moving a byte: each call describes the next piece of what is buffered.
/// It does no I/O.
/// </summary>
internal struct ChunkedDecoder
{
    /// <summary>The longest chunk-size line, extensions included.</summary>
    public const int MaxSizeLine = 8 * 1024;

    /// <summary>The longest trailer section.</summary>
    public const int MaxTrailers = 256 * 1024;

    private Phase _phase;
    private long _remaining;
    private int _looked;

    private enum Phase
    {
        Size,
        Data,
        DataEnd,
        Trailers,
        Done,
    }

    /// <summary>Describes the next piece of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What is buffered, beginning where the piece before ended.</param>
    /// <param name="piece">How many bytes the piece takes; its content is its last <c>Data</c> bytes.</param>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="HttpWireException">The framing is broken.</exception>
    public bool TryRead(ReadOnlySpan<byte> bytes, out Piece piece)
    {
        var position = 0;
        piece = default;
        while (true)
        {
            var rest = bytes[position..];
            switch (_phase)
            {
                case Phase.Size:
                    var lf = rest.IndexOf((byte)'\n');
                    if (lf < 0)
                    {
                        if (rest.Length > MaxSizeLine)
                        {
                            throw new HttpWireException($"A chunk-size line is longer than {MaxSizeLine} bytes.");
                        }

                        piece = new Piece(position, 0, null, false);
                        return position > 0;
                    }

                    _remaining = ReadSize(rest[..lf]);
                    position += lf + 1;
                    _phase = _remaining == 0 ? Phase.Trailers : Phase.Data;
                    break;

                case Phase.Data:
                    var take = (int)Math.Min(_remaining, rest.Length);
                    _remaining -= take;
                    position += take;
                    if (_remaining == 0)
                    {
                        _phase = Phase.DataEnd;
                    }

                    piece = new Piece(position, take, null, false);
                    return position > 0;

                case Phase.DataEnd:
                    if (rest.Length < 2 && (rest.IsEmpty || rest[0] == '\r'))
                    {
                        piece = new Piece(position, 0, null, false);
                        return position > 0;
                    }

                    if (!rest.StartsWith("\r\n"u8))
                    {
                        throw new HttpWireException("A chunk does not end with CRLF where its size says it ends.");
                    }

                    position += 2;
                    _phase = Phase.Size;
                    break;

                case Phase.Trailers:
                    var length = TrailersLength(rest, _looked);
                    if (length < 0)
                    {
                        // Trailers that come byte by byte are searched once; what stands before them goes with this piece.
                        _looked = rest.Length;
                        if (rest.Length > MaxTrailers)
                        {
                            throw new HttpWireException($"The trailer section is longer than {MaxTrailers} bytes.");
                        }

                        piece = new Piece(position, 0, null, false);
                        return position > 0;
                    }

                    _phase = Phase.Done;
                    piece = new Piece(position + length, 0, length > 2 ? new Range(position, position + length) : null, true);
                    return true;

                default:
                    piece = new Piece(0, 0, null, true);
                    return true;
            }
        }
    }

    /// <summary>Line ends are CRLF and nothing else here: a reader that takes a bare LF for one, and one that does not, would disagree
    /// on where the body ends, and so on what the next message is.</summary>
    private static int TrailersLength(ReadOnlySpan<byte> bytes, int looked)
    {
        if (bytes.StartsWith("\r\n"u8))
        {
            return 2;
        }

        var length = bytes.StartsWith("\n"u8) ? 1 : HeadParser.FindEnd(bytes, looked);
        if (length < 0)
        {
            return -1;
        }

        var section = bytes[..length];
        return section.Count((byte)'\n') == section.Count("\r\n"u8) && section.Count((byte)'\r') == section.Count("\r\n"u8) && !section.Contains((byte)0)
            ? length
            : throw new HttpWireException("The trailer section has a CR or LF in it that is no whole line end, or a NUL byte.");
    }

    private static long ReadSize(ReadOnlySpan<byte> line)
    {
        if (!line.EndsWith("\r"u8))
        {
            throw new HttpWireException("A chunk-size line does not end with CRLF.");
        }

        line = line[..^1];
        if (!Utf8Parser.TryParse(line, out long size, out var digits, 'x') || size < 0 || digits > 15)
        {
            throw new HttpWireException("A chunk size is not a hexadecimal number.");
        }

        var after = line[digits..].TrimStart(" \t"u8);
        if (after.Length > 0 && after[0] != ';')
        {
            throw new HttpWireException("A chunk size is followed by something that is no chunk extension.");
        }

        if (after.ContainsAny((byte)'\r', (byte)0))
        {
            throw new HttpWireException("A chunk extension has a CR or NUL in it.");
        }

        return size;
    }

    /// <summary>A piece of a chunked body.</summary>
    /// <param name="Length">All its bytes.</param>
    /// <param name="Data">How many bytes at its end are content.</param>
    /// <param name="Trailers">Where the trailer lines stand within it, when it has any.</param>
    /// <param name="IsLast">Whether the body ends with it.</param>
    public readonly record struct Piece(int Length, int Data, Range? Trailers, bool IsLast);
}
