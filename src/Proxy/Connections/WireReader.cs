using System.Buffers;

namespace MitmWeb.Proxy.Connections;

/// <summary>
/// Reads a stream into one pooled buffer and hands out views of it. What <see cref="Buffered"/> shows stays valid until the next
/// <see cref="FillAsync"/>; nothing is copied on the way from the socket to the other side.
/// </summary>
/// <remarks>Thousands of connections may do nothing but wait: the buffer is small until a read has filled it, and <see cref="Trim"/> gives it back.</remarks>
internal sealed class WireReader(Stream stream) : IDisposable
{
    /// <summary>Most heads, and most frames of a trickle.</summary>
    private const int SmallSize = 4 * 1024;

    /// <summary>A whole TLS record's plaintext (RFC 8446, section 5.1) and some more.</summary>
    private const int LargeSize = 20 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private Task<int>? _ahead;
    private volatile bool _isReading;
    private bool _wasFilled;
    private bool _disposed;

    /// <summary>Whether the other side has ended its stream.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether <see cref="ReadAhead"/> has begun a read that nobody has taken yet.</summary>
    public bool IsReadingAhead => _ahead is not null;

    /// <summary>Whether that read has brought something: bytes, the stream's end, or a failure.</summary>
    public bool HasReadAhead => _ahead is { IsCompleted: true };

    /// <summary>What has been read and not yet consumed.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    public ReadOnlySpan<byte> BufferedSpan => _buffer.AsSpan(_start, _end - _start);

    public int BufferedLength => _end - _start;

    /// <summary>Lets go of the first bytes of <see cref="Buffered"/>.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end && _ahead is null)
        {
            _start = _end = 0;
        }
    }

    /// <summary>Gives a large buffer back while there is nothing in it.</summary>
    public void Trim()
    {
        if (_start == _end && _buffer.Length > SmallSize && _ahead is null && !_isReading)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _start = _end = 0;
            _wasFilled = false;
        }
    }

    /// <summary>Reads more behind what is buffered; the buffer grows when it is full.</summary>
    /// <returns>How many bytes came; 0 at the end of the stream.</returns>
    public async ValueTask<int> FillAsync(CancellationToken cancellationToken = default)
    {
        int count;
        if (_ahead is { } ahead)
        {
            count = await ahead.WaitAsync(cancellationToken);
            _ahead = null;
        }
        else
        {
            MakeRoom();
            _isReading = true;
            try
            {
                count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            }
            finally
            {
                _isReading = false;
            }
        }

        if (count == 0)
        {
            IsEnded = true;
        }

        _end += count;
        _wasFilled = _end == _buffer.Length;
        return count;
    }

    /// <summary>
    /// Starts the next read now, so that the end of the stream is noticed while nobody waits for data. The next
    /// <see cref="FillAsync"/> takes its result. Until then nothing may be consumed but what is buffered already.
    /// </summary>
    /// <returns>The read: 0 when the other side ended its stream, faulted when the connection broke.</returns>
    public Task<int> ReadAhead()
    {
        if (_ahead is null)
        {
            _ahead = ReadAsync();
        }

        return _ahead;

        // A connection that is broken already faults the task instead of throwing at whoever looks ahead.
        async Task<int> ReadAsync()
        {
            MakeRoom();
            return await stream.ReadAsync(_buffer.AsMemory(_end));
        }
    }

    public void Dispose()
    {
        // A read that is still under way writes into the buffer: then it must not go back to the pool.
        if (!_disposed && _buffer.Length > 0 && !_isReading && _ahead is null or { IsCompleted: true })
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _ = _ahead?.ContinueWith(static read => read.Exception, TaskContinuationOptions.OnlyOnFaulted);
        _disposed = true;
        _buffer = [];
        _start = _end = 0;
    }

    private void MakeRoom()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_start == _end && (_buffer.Length == 0 || (_wasFilled && _buffer.Length < LargeSize)))
        {
            // Where one read has filled it, more is on its way.
            Replace(_wasFilled ? LargeSize : SmallSize);
        }
        else if (_start > 0 && (_start == _end || _buffer.Length - _end < _buffer.Length / 8))
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Replace(Math.Max(_buffer.Length * 2, LargeSize));
        }
    }

    private void Replace(int size)
    {
        var next = ArrayPool<byte>.Shared.Rent(size);
        Buffer.BlockCopy(_buffer, _start, next, 0, _end - _start);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _start, _end) = (next, 0, _end - _start);
    }
}
