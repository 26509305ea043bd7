using System.Buffers;

namespace MitmWeb.Proxy.Http2;

/// <summary>
/// A stream's received bytes that nobody has taken yet, in pooled pieces. What was handed out stays valid until it is let go of, while
/// more may be added behind it. Its owner sees to it that one thread uses it at a time.
/// </summary>
internal sealed class Http2Inbox
{
    private const int PieceSize = FrameHeader.DefaultMaxLength;

    private readonly Queue<Piece> _pieces = new();
    private Piece? _last;
    private int _given;

    /// <summary>How many bytes wait, those that are handed out included.</summary>
    public int Length { get; private set; }

    /// <summary>How many of them are handed out.</summary>
    public int Given => _given;

    public void Add(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_last is null || _last.End == _last.Bytes.Length)
            {
                _last = new Piece(ArrayPool<byte>.Shared.Rent(PieceSize));
                _pieces.Enqueue(_last);
            }

            var count = Math.Min(data.Length, _last.Bytes.Length - _last.End);
            data[..count].CopyTo(_last.Bytes.AsSpan(_last.End));
            _last.End += count;
            Length += count;
            data = data[count..];
        }
    }

    /// <summary>Hands out what lies in one piece; empty when there is nothing.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        if (!_pieces.TryPeek(out var piece))
        {
            return default;
        }

        _given = piece.End - piece.Start;
        return piece.Bytes.AsMemory(piece.Start, _given);
    }

    /// <summary>Lets go of what was handed out.</summary>
    /// <returns>How much that was.</returns>
    public int Release()
    {
        var count = _given;
        if (count > 0)
        {
            var piece = _pieces.Peek();
            piece.Start += count;
            Length -= count;
            _given = 0;
            if (piece.Start == piece.End)
            {
                _pieces.Dequeue();
                _last = _pieces.Count == 0 ? null : _last;
                ArrayPool<byte>.Shared.Return(piece.Bytes);
            }
        }

        return count;
    }

    /// <summary>Drops everything that is not handed out.</summary>
    /// <returns>How much that was.</returns>
    public int Discard()
    {
        var count = Length - _given;
        var kept = _given > 0 ? _pieces.Dequeue() : null;
        while (_pieces.TryDequeue(out var piece))
        {
            ArrayPool<byte>.Shared.Return(piece.Bytes);
        }

        if (kept is not null)
        {
            kept.End = kept.Start + _given;
            _pieces.Enqueue(kept);
        }

        _last = null;
        Length = _given;
        return count;
    }

    private sealed class Piece(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public int Start { get; set; }

        public int End { get; set; }
    }
}
