using System.Buffers;
using System.Net.Sockets;

namespace MitmWeb.Proxy.Connections;

/// <summary>
/// The bytes of a TCP connection, whose writes to a peer that is gone fail cheaply. The platform's own asynchronous send renders the
/// stack, with file names, into the exception of each send that fails at once: when hundreds of clients leave together, that alone holds
/// everybody else up for a tenth of a second.
/// </summary>
internal sealed class SocketStream : NetworkStream
{
    private const int GatherSize = 64 * 1024;

    private byte[]? _gathered;
    private int _count;

    public SocketStream(Socket socket)
        : base(socket, ownsSocket: true)
    {
        // Then a send that finds no room says so instead of waiting.
        socket.Blocking = false;
    }

    /// <summary>
    /// Whether what is written waits until some has gathered, or until <see cref="FlushAsync"/>. TLS writes record by record, and each of its own
    /// would cost a call of the system and a wake-up of the peer.
    /// </summary>
    public bool Gathers { get; set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (!Gathers && _count == 0)
        {
            return SendAsync(buffer, cancellationToken);
        }

        if (_count + buffer.Length > GatherSize)
        {
            return GatherLongAsync(buffer, cancellationToken);
        }

        buffer.CopyTo((_gathered ??= ArrayPool<byte>.Shared.Rent(GatherSize)).AsMemory(_count));
        _count += buffer.Length;
        return Gathers ? ValueTask.CompletedTask : new ValueTask(FlushAsync(cancellationToken));
    }

    /// <summary>Sends what has gathered.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => _count == 0 ? Task.CompletedTask : SendGatheredAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        // A write that is under way may still read the buffer: it is left to the collector.
        _gathered = null;
        base.Dispose(disposing);
    }

    private async ValueTask GatherLongAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await SendGatheredAsync(cancellationToken);
        await (buffer.Length > GatherSize ? SendAsync(buffer, cancellationToken) : WriteAsync(buffer, cancellationToken));
    }

    private async Task SendGatheredAsync(CancellationToken cancellationToken)
    {
        var (gathered, count) = (_gathered, _count);
        (_gathered, _count) = (null, 0);
        if (gathered is not null)
        {
            await SendAsync(gathered.AsMemory(0, count), cancellationToken);
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        int sent;
        SocketError error;
        try
        {
            sent = Socket.Send(buffer.Span, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException exception)
        {
            return ValueTask.FromException(exception);
        }

        if (error is not SocketError.Success and not SocketError.WouldBlock)
        {
            var cause = new SocketException((int)error);
            return ValueTask.FromException(new IOException($"Unable to write data to the transport connection: {cause.Message}.", cause));
        }

        return sent == buffer.Length ? ValueTask.CompletedTask : base.WriteAsync(buffer[sent..], cancellationToken);
    }
}
