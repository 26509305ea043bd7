using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.PassThrough;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy;

/// <summary>
/// The intercepting proxy: it listens, ends the clients' TLS, forwards what they ask, and gives every exchange to the sink. It needs
/// nothing of the dashboard.
/// </summary>
public sealed partial class ProxyServer : IAsyncDisposable
{
    private readonly ProxyOptions _options;
    private readonly ILogger _logger;
    private readonly IFlowSink _sink;
    private readonly TimeProvider _time;
    private readonly LeafCertificates _leaves;
    private readonly UpstreamPool _pool;
    private readonly ExchangeServices _services;
    private readonly ClientWatches _watches;
    private readonly ClientSession _session;
    private readonly ProxyListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private int _connections;
    private int _hasStopped;

    /// <summary>Makes a proxy that listens but does not accept yet.</summary>
    /// <param name="options">How it is to work.</param>
    /// <param name="authority">The CA that signs what clients are shown.</param>
    /// <param name="sink">Where flows go.</param>
    /// <param name="localSite">What answers under the magic host names; null for nothing.</param>
    /// <param name="loggers">Where the engine logs.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    /// <exception cref="TlsOptionsException">The TLS options cannot be followed.</exception>
    public ProxyServer(
        ProxyOptions options,
        CertificateAuthority authority,
        IFlowSink sink,
        ILocalSite? localSite,
        ILoggerFactory loggers,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        _listener = ProxyListener.Listen(options.ListenHost, options.ListenPort);
        _options = options with { OwnPorts = [.. options.OwnPorts, _listener.EndPoint.Port] };
        _logger = loggers.CreateLogger<ProxyServer>();
        _sink = sink;
        _time = time ?? TimeProvider.System;
        _leaves = new LeafCertificates(authority, _time, revocationList: RevocationListOf(authority, localSite));
        PassThrough = new PassThroughList(_options, _time);
        PassThrough.Changed += () => Changed?.Invoke();
        _pool = new UpstreamPool(_options, new UpstreamConnector(_options, sink, _time), _time);
        _services = new ExchangeServices(_options, _pool, PassThrough, sink, localSite, _time, loggers.CreateLogger("MitmWeb.Proxy.Exchange"));
        _services.Rejections.Changed += () => Changed?.Invoke();
        var pipeline = new ExchangePipeline(_services);
        _watches = new ClientWatches(_time);
        _session = new ClientSession(_services, pipeline, new ClientTls(_options.Tls, _leaves), _watches);
    }

    /// <summary>Raised when <see cref="Listeners"/>, <see cref="LastClient"/>, <see cref="PassThrough"/> or <see cref="Rejections"/> has changed; from any thread, and often.</summary>
    public event Action? Changed;

    /// <summary>The ways in, as they are now.</summary>
    public IReadOnlyList<ListenerState> Listeners =>
        [new ListenerState("regular", _options.ListenHost, _listener.EndPoint.Port, _listener.Addresses(), Volatile.Read(ref _connections))];

    /// <summary>The last client that has connected, and when; null before the first.</summary>
    public (IPAddress Address, DateTimeOffset At)? LastClient { get; private set; }

    /// <summary>How it works.</summary>
    public ProxyOptions Options => _options;

    /// <summary>Which connections are passed on unread.</summary>
    public PassThroughList PassThrough { get; }

    /// <summary>Clients that have lately rejected a certificate, the newest first; one for each client and host.</summary>
    public IReadOnlyList<ClientRejection> Rejections => _services.Rejections.Newest;

    /// <summary>Begins to accept clients.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _listener.Start(ServeAsync);
        Log.Listening(_logger, _listener.EndPoint);
        return Task.CompletedTask;
    }

    /// <summary>Takes no more clients and breaks off what is under way; every flow that was running has reached the sink when it returns.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _hasStopped, 1) == 1)
        {
            return;
        }

        _services.IsStopping = true;
        await _listener.DisposeAsync();
        await _stop.CancelAsync();

        // The connections' own code runs to its end now, which hands the last flows to the sink.
        var deadline = _time.GetTimestamp();
        while (Volatile.Read(ref _connections) > 0 && _time.GetElapsedTime(deadline) < TimeSpan.FromSeconds(1))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), _time);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _watches.Dispose();
        await _pool.DisposeAsync();
        _leaves.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            if (socket.RemoteEndPoint is not IPEndPoint remote || socket.LocalEndPoint is not IPEndPoint local)
            {
                socket.Dispose();
                return;
            }

            if (_options.BlockGlobal && PublicAddress.Is(remote.Address))
            {
                Log.Refused(_logger, remote.Address);
                socket.Dispose();
                return;
            }

            socket.NoDelay = true;
            LastClient = (Unmapped(remote).Address, _time.GetUtcNow());
            Changed?.Invoke();
            var connection = new ClientConnection
            {
                Id = _sink.NextConnectionId(),
                OpenedAt = _time.GetUtcNow(),
                RemoteEndPoint = Unmapped(remote),
                LocalEndPoint = Unmapped(local),
            };
            await _session.RunAsync(socket, connection, _stop.Token);
        }
        catch (Exception exception)
        {
            // Nothing of one connection may take the others down.
            Log.Failed(_logger, exception);
            socket.Dispose();
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
            Changed?.Invoke();
        }
    }

    /// <summary>The list is on the magic host: those who see our certificates use the proxy, and it answers there. Without the site nobody would.</summary>
    private Uri? RevocationListOf(CertificateAuthority authority, ILocalSite? localSite) =>
        localSite is not null && authority.RevocationListPath is { } path && _options.MagicHosts is [var host, ..] ? new Uri($"http://{host}{path}") : null;

    /// <summary>The address as people write it: a socket for both families shows IPv4 addresses as IPv6 ones.</summary>
    private static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Listening on {EndPoint}")]
        public static partial void Listening(ILogger logger, IPEndPoint endPoint);

        [LoggerMessage(2, LogLevel.Warning, "Refused a client with the public address {Address}; only clients of private networks may use this proxy")]
        public static partial void Refused(ILogger logger, IPAddress address);

        [LoggerMessage(3, LogLevel.Error, "A connection failed in a way that nobody expected")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
