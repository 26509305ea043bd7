using System.Net.Security;
using System.Net.Sockets;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Connections;

/// <summary>A client's connection as the engine uses it: its plaintext, and the ways to end it.</summary>
internal sealed class ClientTransport(ClientLink link, Stream stream, ClientConnection connection, CancellationTokenSource gone, ClientWatch watch) : IDisposable
{
    public Stream Stream => stream;

    public ClientConnection Connection => connection;

    public WireReader Reader { get; private init; } = new(stream);

    public WireWriter Writer { get; } = new(stream, link.Network);

    public bool IsTls => stream is SslStream;

    /// <summary>What is expected of the client, and by when.</summary>
    public ClientWatch Watch => watch;

    /// <summary>Cancelled when the client is gone or MitmWeb stops.</summary>
    public CancellationToken Gone => gone.Token;

    /// <summary>Whether it was broken off on purpose.</summary>
    public bool IsReset { get; private set; }

    /// <summary>The connection's bytes with those that have been read ahead in front.</summary>
    public PrefixedStream WholeStream => new(Reader, stream);

    /// <summary>The same connection after a TLS handshake over <see cref="WholeStream"/>.</summary>
    public ClientTransport Secure(SslStream tls) => new(link, tls, connection, gone, watch);

    /// <summary>This end, for a tunnel.</summary>
    public TunnelEnd AsTunnelEnd() => new(WholeStream, EndSendingAsync);

    /// <summary>The client is known to be gone.</summary>
    public void MarkGone()
    {
        try
        {
            gone.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection's end had been noticed otherwise, too.
        }
    }

    /// <summary>Breaks the connection off with a reset, so that the client does not take what it got for the whole.</summary>
    public void Reset()
    {
        IsReset = true;
        link.Reset();
    }

    /// <summary>MitmWeb stops, or the client is known to be gone: cuts the connection off, unless its user ends it in words of its own.</summary>
    public void CutOff()
    {
        if (!link.SaysGoodbye)
        {
            Reset();
        }
    }

    /// <summary>From now on <see cref="CutOff"/> leaves the end of the connection to its user.</summary>
    public void PromiseGoodbye() => link.SaysGoodbye = true;

    /// <summary>
    /// Ends the connection so that the client gets everything that was sent: says that nothing more comes, then waits for the client's
    /// own end. Closing at once while it still sends would make the system reset the connection and lose the answer
    /// (RFC 9112, section 9.6).
    /// </summary>
    /// <param name="wait">How long to wait for the client's end; a second where nothing is said.</param>
    public async Task CloseAsync(TimeSpan? wait = null)
    {
        if (IsReset)
        {
            return;
        }

        using var limit = new CancellationTokenSource(wait ?? TimeSpan.FromSeconds(1));
        try
        {
            await EndSendingAsync();
            for (var drained = 0; drained < 1024 * 1024;)
            {
                Reader.Consume(Reader.BufferedLength);
                var count = await Reader.FillAsync(limit.Token);
                if (count == 0)
                {
                    break;
                }

                drained += count;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or SocketException)
        {
            // It is over in any case.
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        link.Dispose();
        Reader.Dispose();
        Writer.Dispose();
    }

    private async ValueTask EndSendingAsync()
    {
        if (stream is SslStream tls)
        {
            await tls.ShutdownAsync();
        }

        await link.EndSendingAsync();
    }
}
