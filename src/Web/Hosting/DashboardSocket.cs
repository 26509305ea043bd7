using System.Net;
using System.Net.Sockets;
using MitmWeb.Web.Cli;

namespace MitmWeb.Web.Hosting;

/// <summary>The dashboard's listening socket, opened before anything else is done, so that a port in use is known before a file is
/// touched, and so that the port is known (0 takes any) before the engine is told which ports are our own.</summary>
internal sealed class DashboardSocket : IDisposable
{
    private const int Backlog = 512;

    private DashboardSocket(Socket socket, IPAddress? host)
    {
        Socket = socket;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        Host = host;
    }

    public Socket Socket { get; }

    /// <summary>What it is bound to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The dashboard's address for a browser on this machine.</summary>
    public string Url => $"http://{new IPEndPoint(Host is null || Host.Equals(IPAddress.Any) ? IPAddress.Loopback : Host, EndPoint.Port)}/";

    /// <summary>The address that was asked for, or null for all interfaces.</summary>
    private IPAddress? Host { get; }

    /// <exception cref="StartException">It cannot be opened.</exception>
    public static DashboardSocket Open(IPAddress? host, int port)
    {
        try
        {
            return new DashboardSocket(host is null ? OpenForAll(port) : Listen(host, port), host);
        }
        catch (SocketException exception)
        {
            throw ListenFailure.Describe(exception, "the dashboard", host, port, "--web-host", "--web-port");
        }
    }

    public void Dispose() => Socket.Dispose();

    private static Socket OpenForAll(int port)
    {
        try
        {
            return Listen(IPAddress.IPv6Any, port);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
        {
            // IPv6 is switched off.
            return Listen(IPAddress.Any, port);
        }
    }

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
