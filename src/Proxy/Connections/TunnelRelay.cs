using System.Buffers;
using System.Net.Sockets;

namespace MitmWeb.Proxy.Connections;

/// <summary>Passes bytes on unread, both ways at once, until both sides have ended or one breaks.</summary>
internal static class TunnelRelay
{
    /// <summary>How long the second side may go on sending where the first's end cannot be passed on to it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Relays.</summary>
    /// <param name="client">The client's end.</param>
    /// <param name="server">The server's end.</param>
    /// <param name="onData">Called with each piece after it has been passed on; true for the client's.</param>
    /// <param name="cancellationToken">Ends the relay.</param>
    /// <returns>What broke a side off; null when both ended in an orderly way.</returns>
    public static async Task<Exception?> RunAsync(
        TunnelEnd client,
        TunnelEnd server,
        Func<bool, ReadOnlyMemory<byte>, ValueTask> onData,
        CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var up = CopyAsync(client, server, true, onData, stop);
        var down = CopyAsync(server, client, false, onData, stop);
        var failures = await Task.WhenAll(up, down);
        return failures[0] ?? failures[1];
    }

    private static async Task<Exception?> CopyAsync(
        TunnelEnd from,
        TunnelEnd to,
        bool isFromClient,
        Func<bool, ReadOnlyMemory<byte>, ValueTask> onData,
        CancellationTokenSource stop)
    {
        byte[]? buffer = null;
        try
        {
            while (true)
            {
                // Tunnels wait most of their time, and many of them at once: they do that without a buffer.
                _ = await from.Stream.ReadAsync(Memory<byte>.Empty, stop.Token);
                buffer ??= ArrayPool<byte>.Shared.Rent(16 * 1024);
                var count = await from.Stream.ReadAsync(buffer, stop.Token);
                if (count == 0)
                {
                    break;
                }

                await to.Stream.WriteAsync(buffer.AsMemory(0, count), stop.Token);
                await to.Stream.FlushAsync(stop.Token);
                await onData(isFromClient, buffer.AsMemory(0, count));
                if (count < buffer.Length)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = null;
                }
            }

            if (to.EndSending is { } endSending)
            {
                await endSending();
            }
            else
            {
                stop.CancelAfter(Grace);
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await stop.CancelAsync();
            return exception;
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
