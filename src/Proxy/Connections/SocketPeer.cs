using System.Net.Sockets;

namespace MitmWeb.Proxy.Connections;

/// <summary>Looks whether a connection's other end is still there, without reading: for while nobody reads because nothing can be passed on.</summary>
internal static class SocketPeer
{
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    private const byte Close = 7;
    private const byte CloseWait = 8;

    /// <summary>The state of the other end; <see cref="PeerState.Broken"/> also when this side has closed the socket.</summary>
    public static PeerState Look(Socket socket)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // tcpi_state, the first member of struct tcp_info. It sees an end that stands behind data which nobody has read.
                Span<byte> info = stackalloc byte[8];
                return socket.GetRawSocketOption(Tcp, TcpInfo, info) == 0 ? PeerState.Open
                    : info[0] == Close ? PeerState.Broken
                    : info[0] == CloseWait ? PeerState.Ended
                    : PeerState.Open;
            }

            // Elsewhere an end is seen only where no data stands before it.
            Span<byte> one = stackalloc byte[1];
            return !socket.Poll(0, SelectMode.SelectRead) ? PeerState.Open : socket.Receive(one, SocketFlags.Peek) == 0 ? PeerState.Ended : PeerState.Open;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return PeerState.Broken;
        }
    }
}
