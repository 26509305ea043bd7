using System.Buffers;
using MitmWeb.Proxy.Threads;

namespace MitmWeb.Proxy.Content;

/// <summary>
/// The rows of a text that is too long to be loaded at once: a row ends with a line feed, or after <see cref="MaxRow"/> bytes (before the character
/// that would not fit in whole). Some of them are marked, so that any row can be found by reading a few tens of kilobytes.
/// </summary>
/// <param name="Length">Bytes of the text.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Lines">How many line feeds there are, and one more when there is something after the last.</param>
/// <param name="Marks">The first row, and about one each <see cref="Step"/> bytes.</param>
/// <param name="Damage">Whether it ends there because the stream is damaged.</param>
public sealed record BodyRows(long Length, long Rows, long Lines, IReadOnlyList<BodyRowMark> Marks, bool Damage)
{
    /// <summary>The most bytes of a row.</summary>
    public const int MaxRow = 256;

    /// <summary>Bytes from mark to mark, at least.</summary>
    public const int Step = 64 * 1024;

    private const int MaxMarks = 16 * 1024;
    private const int BufferSize = 256 * 1024;

    /// <summary>Reads a text to its end.</summary>
    public static Task<BodyRows> Count(Stream text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PatientThread.Start(() => CountHere(text, cancellationToken));
    }

    private static async Task<BodyRows> CountHere(Stream text, CancellationToken cancellationToken)
    {
        var count = new Counting();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var damage = false;
        try
        {
            var held = 0;
            for (var ended = false; !ended;)
            {
                try
                {
                    var some = await text.ReadAsync(buffer.AsMemory(held), cancellationToken);
                    ended = some == 0;
                    held += some;
                }
                catch (Exception e) when (ContentDecoding.IsDamage(e))
                {
                    ended = damage = true;
                }

                var used = count.Take(buffer.AsSpan(0, held), ended);
                buffer.AsSpan(used, held - used).CopyTo(buffer);
                held -= used;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new BodyRows(count.At, count.Row, count.Continued ? count.Line : count.Line - 1, count.Marks, damage);
    }

    /// <summary>The bytes of the first row of a text.</summary>
    /// <param name="text">The text from where the row begins.</param>
    private static int FirstRow(ReadOnlySpan<byte> text)
    {
        var most = text[..Math.Min(text.Length, MaxRow)];
        var end = most.IndexOf((byte)'\n') + 1;
        if (end > 0 || text.Length <= MaxRow)
        {
            return end > 0 ? end : text.Length;
        }

        // A character of UTF-8 has at most three bytes after its first, which begin with the bits 10.
        for (end = MaxRow; end > MaxRow - 4 && (text[end] & 0xc0) == 0x80;)
        {
            end--;
        }

        return end > MaxRow - 4 ? end : MaxRow;
    }

    private sealed class Counting
    {
        private long _step = Step;
        private long _nextMark;

        public long At { get; private set; }

        public long Row { get; private set; }

        public long Line { get; private set; } = 1;

        public bool Continued { get; private set; }

        public List<BodyRowMark> Marks { get; } = [];

        /// <summary>Takes the rows of a piece that are surely whole, and gives how many bytes that was.</summary>
        public int Take(ReadOnlySpan<byte> piece, bool last)
        {
            var used = 0;
            while (last ? used < piece.Length : piece.Length - used > MaxRow)
            {
                if (At >= _nextMark)
                {
                    Mark();
                }

                var length = FirstRow(piece[used..]);
                used += length;
                At += length;
                Row++;
                Continued = piece[used - 1] != '\n';
                Line += Continued ? 0 : 1;
            }

            return used;
        }

        private void Mark()
        {
            Marks.Add(new BodyRowMark(At, Row, Line, Continued));
            if (Marks.Count == MaxMarks)
            {
                // Twice as far apart from now on.
                for (var i = 0; i < MaxMarks / 2; i++)
                {
                    Marks[i] = Marks[i * 2];
                }

                Marks.RemoveRange(MaxMarks / 2, MaxMarks / 2);
                _step *= 2;
            }

            _nextMark = At + _step;
        }
    }
}
