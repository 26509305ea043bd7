using System.Buffers;

namespace MitmWeb.Proxy.Connections;

/// <summary>
/// Gathers what belongs together (a head and the start of its body) into one write to the stream, so that it becomes one TLS record
/// and one packet. Nothing is sent before <see cref="FlushAsync"/> unless the buffer is full. For one writer at a time.
/// </summary>
/// <param name="stream">Where to.</param>
/// <param name="network">The socket below the stream, which gathers the records of what is longer than the buffer; null when there is none.</param>
internal sealed class WireWriter(Stream stream, SocketStream? network) : IDisposable
{
    private const int BufferSize = 16 * 1024;

    private byte[]? _buffer;
    private int _count;
    private volatile bool _isSending;

    /// <summary>Whether something waits for a flush.</summary>
    public bool HasPending => _count > 0 || network is { Gathers: true };

    /// <summary>Adds bytes; they are copied, or sent before the call returns.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        if (_count + data.Length <= BufferSize)
        {
            data.CopyTo((_buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize)).AsMemory(_count));
            _count += data.Length;
            return ValueTask.CompletedTask;
        }

        return WriteThroughAsync(data, cancellationToken);
    }

    /// <summary>Sends what waits.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        if (network is { Gathers: true })
        {
            return FlushGatheredAsync(network, cancellationToken);
        }

        return FlushBufferAsync(cancellationToken);
    }

    private ValueTask FlushBufferAsync(CancellationToken cancellationToken)
    {
        if (_count == 0)
        {
            return ValueTask.CompletedTask;
        }

        var count = _count;
        _count = 0;
        return SendAsync(_buffer.AsMemory(0, count), cancellationToken);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            _count = 0;

            // A write that is still under way reads from the buffer: then it must not go back to the pool, where others would fill it.
            if (!_isSending)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        _isSending = true;
        try
        {
            await stream.WriteAsync(data, cancellationToken);
        }
        finally
        {
            _isSending = false;
        }

        // Between exchanges a connection holds no buffer.
        if (_count == 0 && Interlocked.Exchange(ref _buffer, null) is { } sent)
        {
            ArrayPool<byte>.Shared.Return(sent);
        }
    }

    private async ValueTask FlushGatheredAsync(SocketStream gathering, CancellationToken cancellationToken)
    {
        await FlushBufferAsync(cancellationToken);
        gathering.Gathers = false;
        await gathering.FlushAsync(cancellationToken);
    }

    private async ValueTask WriteThroughAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (network is not null)
        {
            network.Gathers = true;
        }

        if (_count > 0)
        {
            // Fills the buffer first: a full record is cheaper than a short one and a long one.
            var room = BufferSize - _count;
            data[..room].CopyTo(_buffer.AsMemory(_count));
            _count = BufferSize;
            data = data[room..];
            await FlushBufferAsync(cancellationToken);
        }

        if (data.Length >= BufferSize)
        {
            await stream.WriteAsync(data, cancellationToken);
        }
        else
        {
            await WriteAsync(data, cancellationToken);
        }
    }
}
