using System.Net.Security;
using System.Net.Sockets;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Upstream;

/// <summary>A connection to a server that stands: its plaintext, and how it came about.</summary>
internal sealed class UpstreamChannel(Socket socket, SocketStream network, Stream stream, ServerConnection connection, ConnectTimeline timeline) : IDisposable
{
    public Stream Stream => stream;

    /// <summary>The socket's stream at the bottom, which can gather what is written.</summary>
    public SocketStream Network => network;

    public ServerConnection Connection => connection;

    public ConnectTimeline Timeline => timeline;

    /// <summary>Whether the server chose HTTP/2 (RFC 9113, section 3.2).</summary>
    public bool IsHttp2 => stream is SslStream tls && tls.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2;

    /// <summary>Whether the server has closed the connection or sent something that nobody asked for.</summary>
    public bool IsStale
    {
        get
        {
            try
            {
                return socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Whether the server has closed the connection; unlike <see cref="IsStale"/>, data that waits is no sign of it
    /// (an HTTP/2 server speaks without being asked).</summary>
    public bool IsDead
    {
        get
        {
            try
            {
                return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>This end, for a tunnel.</summary>
    public TunnelEnd AsTunnelEnd() => new(stream, EndSendingAsync);

    /// <summary>Says that nothing more will be sent; what the server sends is still read.</summary>
    public async ValueTask EndSendingAsync()
    {
        if (stream is SslStream tls)
        {
            await tls.ShutdownAsync();
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Breaks the connection off with a reset, so that the server does not take what it got for the whole.</summary>
    public void Reset()
    {
        try
        {
            // The stream's own end would say goodbye in order: the socket goes first.
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        Dispose();
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }
}
