using System.Net.Sockets;

namespace MitmWeb.Proxy.Connections;

/// <summary>A client's TCP connection.</summary>
internal sealed class SocketLink(Socket socket, SocketStream network) : ClientLink
{
    public override SocketStream Network => network;

    public override void Reset()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    public override ValueTask EndSendingAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    public override void Dispose() => socket.Dispose();
}
