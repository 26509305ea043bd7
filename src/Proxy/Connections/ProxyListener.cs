using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MitmWeb.Proxy.Connections;

/// <summary>A listening socket and the loop that accepts from it.</summary>
internal sealed class ProxyListener : IAsyncDisposable
{
    private const int Backlog = 1024;

    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    private ProxyListener(Socket socket)
    {
        _socket = socket;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>The address and port that it really listens on.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Binds and listens.</summary>
    /// <param name="host">An address or a name of this machine; empty for all interfaces.</param>
    /// <param name="port">The port; 0 lets the system choose.</param>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    public static ProxyListener Listen(string host, int port)
    {
        try
        {
            return new ProxyListener(host.Length == 0 ? ListenOnAll(port) : Bind(Resolve(host), port, dualMode: false));
        }
        catch (SocketException exception)
        {
            throw new ListenException(Describe(exception, host, port), exception) { IsPortInUse = exception.SocketErrorCode == SocketError.AddressAlreadyInUse };
        }
    }

    /// <summary>Begins to accept.</summary>
    /// <param name="serve">Serves one connection; must not throw.</param>
    public void Start(Func<Socket, Task> serve) => _loop = Task.Run(() => AcceptAsync(serve));

    /// <summary>The addresses under which clients reach it, the loopback address first.</summary>
    public IReadOnlyList<string> Addresses()
    {
        IEnumerable<IPAddress> addresses = EndPoint.Address.Equals(IPAddress.Any) || EndPoint.Address.Equals(IPAddress.IPv6Any)
            ? LocalAddresses()
            : [EndPoint.Address];
        return [.. addresses.Select(address => new IPEndPoint(address, EndPoint.Port).ToString())];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private static IEnumerable<IPAddress> LocalAddresses()
    {
        var others = NetworkInterface.GetAllNetworkInterfaces()
            .Where(one => one.OperationalStatus == OperationalStatus.Up && one.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(one => one.GetIPProperties().UnicastAddresses)
            .Select(one => one.Address)
            .Where(one => one.AddressFamily == AddressFamily.InterNetwork);
        return others.Prepend(IPAddress.Loopback);
    }

    private static Socket ListenOnAll(int port)
    {
        if (Socket.OSSupportsIPv6)
        {
            try
            {
                return Bind(IPAddress.IPv6Any, port, dualMode: true);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
            {
                // A kernel with IPv6 switched off: IPv4 alone.
            }
        }

        return Bind(IPAddress.Any, port, dualMode: false);
    }

    private static Socket Bind(IPAddress address, int port, bool dualMode)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = dualMode;
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

    private static IPAddress Resolve(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : Dns.GetHostAddresses(host)[0];

    private static string Describe(SocketException exception, string host, int port)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"{(host.Length == 0 ? "port " : host + ":")}{port}");
        return exception.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"{where} is already in use by another program.",
            SocketError.AccessDenied => $"This user may not listen on {where}: ports below 1024 need more rights.",
            SocketError.AddressNotAvailable => $"'{host}' is no address of this machine.",
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"'{host}' is neither an address nor a known name of this machine.",
            _ => $"Listening on {where} failed: {exception.Message}",
        };
    }

    private async Task AcceptAsync(Func<Socket, Task> serve)
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _socket.AcceptAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A client that left before it was accepted, or too many open files: what is served goes on, and accepting is tried again.
                await Task.Delay(TimeSpan.FromMilliseconds(20));
                continue;
            }

            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.serve(state.socket), (serve, socket), preferLocal: false);
        }
    }
}
