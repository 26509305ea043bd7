using System.Net.Sockets;

namespace MitmWeb.Proxy.Connections;

/// <summary>
/// The bytes of a TCP connection, whose writes to a peer that is gone fail cheaply. The platform's own asynchronous send renders the
/// stack, with file names, into the exception of each send that fails at once: when hundreds of clients leave together, that alone holds
/// everybody else up for a tenth of a second.
/// </summary>
internal sealed class SocketStream : NetworkStream
{
    public SocketStream(Socket socket)
        : base(socket, ownsSocket: true)
    {
        // Then a send that finds no room says so instead of waiting.
        socket.Blocking = false;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

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
