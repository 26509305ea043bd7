using System.Buffers;

namespace MitmWeb.Proxy.Storage;

/// <summary>
/// The part of a running body that is not in the file yet. Used under the lock of its <see cref="LiveFlow"/>, but for
/// <see cref="Writing"/>, which belongs to the writer.
/// </summary>
internal sealed class LiveBody
{
    /// <summary>The largest body that is stored within its flow's row.</summary>
    public const int InlineLimit = 64 * 1024;

    /// <summary>The largest piece of a longer body.</summary>
    public const int SegmentSize = 256 * 1024;

    private const int FirstSize = 2048;

    private readonly List<BodySegment> _cut = [];
    private byte[]? _tail;
    private int _tailLength;
    private long _tailStart;

    /// <summary>The pieces that the writer has taken and not yet committed.</summary>
    public List<BodySegment> Writing { get; } = [];

    /// <summary>Whether bytes were thrown away because the file could not be written: what follows is not recorded either, so that what is
    /// stored is the body's beginning.</summary>
    public bool Lost { get; set; }

    /// <summary>Whether the body goes to the file in pieces.</summary>
    public bool InPieces { get; private set; }

    /// <summary>Whether there are bytes that the writer has not taken.</summary>
    public bool HasBytes => _tailLength > 0 || _cut.Count > 0;

    /// <summary>The whole body, as long as it is not <see cref="InPieces"/>.</summary>
    public ReadOnlySpan<byte> Whole => _tail.AsSpan(0, _tailLength);

    /// <summary>Copies bytes in.</summary>
    /// <returns>Whether a piece has become full, so that the writer has something to do.</returns>
    public bool Append(ReadOnlySpan<byte> data)
    {
        var full = false;
        while (!data.IsEmpty)
        {
            if (_tailLength == SegmentSize)
            {
                Cut();
                full = true;
            }

            Reserve(Math.Min(SegmentSize, _tailLength + data.Length));
            var count = Math.Min(data.Length, SegmentSize - _tailLength);
            data[..count].CopyTo(_tail.AsSpan(_tailLength));
            _tailLength += count;
            data = data[count..];
        }

        if (_tailLength == SegmentSize)
        {
            Cut();
            full = true;
        }

        return full;
    }

    /// <summary>Ends the piece that is being gathered, so that it can be written.</summary>
    public void Cut()
    {
        if (_tailLength == 0)
        {
            return;
        }

        _cut.Add(new BodySegment(_tail!, _tailLength, _tailStart));
        _tailStart += _tailLength;
        (_tail, _tailLength, InPieces) = (null, 0, true);
    }

    /// <summary>Hands the pieces that are ready to the writer.</summary>
    public void Take()
    {
        Writing.AddRange(_cut);
        _cut.Clear();
    }

    /// <summary>The writer has committed what it had taken.</summary>
    /// <returns>The bytes that are no longer in memory.</returns>
    public long ReleaseWritten()
    {
        var bytes = 0L;
        foreach (var segment in Writing)
        {
            bytes += segment.Length;
            ArrayPool<byte>.Shared.Return(segment.Buffer);
        }

        Writing.Clear();
        return bytes;
    }

    /// <summary>Forgets everything.</summary>
    /// <returns>The bytes that are no longer in memory.</returns>
    public long ReleaseAll()
    {
        Cut();
        Take();
        return ReleaseWritten();
    }

    private void Reserve(int needed)
    {
        if (_tail is not null && _tail.Length >= needed)
        {
            return;
        }

        // Each step copies what there is: few large ones.
        var size = Math.Max(Math.Max(FirstSize, needed), _tail is null ? 0 : Math.Min(SegmentSize, _tail.Length * 4));
        var larger = ArrayPool<byte>.Shared.Rent(size);
        if (_tail is not null)
        {
            _tail.AsSpan(0, _tailLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_tail);
        }

        _tail = larger;
    }
}
