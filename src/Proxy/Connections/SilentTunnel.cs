using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Connections;

/// <summary>
/// A tunnel in which the client says nothing at first. With most protocols it would; with some (SMTP, FTP, IMAP, POP3, MySQL, SSH) the
/// server greets first, and both would wait for ever if MitmWeb waited for the client.
/// </summary>
internal static class SilentTunnel
{
    /// <summary>How long a client may still begin to speak when its server cannot be reached: what it speaks decides how it is told.</summary>
    private static readonly TimeSpan UnreachableGrace = TimeSpan.FromSeconds(5);

    /// <summary>Waits for the first word in the tunnel.</summary>
    /// <param name="transport">The client.</param>
    /// <param name="destination">Where the tunnel leads.</param>
    /// <param name="services">The engine.</param>
    /// <returns>Null when the client has spoken, or ended, soon. Otherwise the connection to the server;
    /// <see cref="TunnelServer.HasSpoken"/> says whose word it was.</returns>
    /// <exception cref="UpstreamException">The client is silent and the server cannot be reached.</exception>
    public static async Task<TunnelServer?> WaitAsync(ClientTransport transport, Destination destination, ExchangeServices services)
    {
        if (services.Options.ServerFirstDelay is not { } delay || transport.Reader.BufferedLength > 0 || services.IsMagicHost(destination.TlsName))
        {
            return null;
        }

        transport.Watch.Expect(services.Options.ClientIdleTimeout);
        var client = transport.Reader.ReadAhead();
        if (await EndsWithinAsync(client, delay))
        {
            return null;
        }

        var startedAt = services.Time.GetUtcNow();
        var started = services.Time.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(transport.Watch.Late);
        var connecting = services.Pool.ConnectRawAsync(destination, stop.Token);
        await Task.WhenAny(client, connecting);
        if (client.IsCompleted)
        {
            await stop.CancelAsync();
            _ = connecting.ContinueWith(static task => task.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
            _ = connecting.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
            return null;
        }

        TunnelServer server;
        try
        {
            server = new TunnelServer(await connecting, startedAt, started);
        }
        catch (UpstreamException)
        {
            if (await EndsWithinAsync(client, UnreachableGrace))
            {
                return null;
            }

            throw;
        }

        try
        {
            await Task.WhenAny(client, server.FirstWord).WaitAsync(transport.Watch.Late);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }

        async Task<bool> EndsWithinAsync(Task task, TimeSpan limit)
        {
            try
            {
                await task.WaitAsync(limit, services.Time, transport.Watch.Late);
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
            catch (IOException)
            {
                return true; // Whoever takes the read will see it.
            }
        }
    }
}
