using System.Text;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// The HTTP/2 side of a server: .NET's own HTTP/2 client over connections that MitmWeb opened (so that their TLS details and times are
/// known). It is switched to carry everything as it is: no redirects, cookies, decompression, tracing headers or proxy of its own.
/// </summary>
internal sealed class Http2Session : IDisposable
{
    private readonly Destination _destination;
    private readonly Func<Destination, CancellationToken, Task<UpstreamChannel>> _connect;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly HttpMessageInvoker _invoker;
    private UpstreamChannel? _prepared;
    private UpstreamChannel? _current;
    private int _connectionUses;
    private int _active;
    private bool _isRetired;
    private long _lastUse;

    public Http2Session(Destination destination, Func<Destination, CancellationToken, Task<UpstreamChannel>> connect, int maxHeadSize, TimeProvider time)
    {
        _destination = destination;
        _connect = connect;
        _time = time;
        _lastUse = time.GetTimestamp();
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            MaxResponseHeadersLength = maxHeadSize / 1024,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = ConnectAsync,
        });
    }

    /// <summary>The connection opened last: nearly always the only one.</summary>
    public UpstreamChannel? Current => Volatile.Read(ref _current);

    /// <summary>Hands over a connection that stands, for the next exchange that needs a new one. One is kept: many clients that ask at
    /// once make many, but the session needs few.</summary>
    public void Offer(UpstreamChannel channel)
    {
        UpstreamChannel? surplus = channel;
        lock (_lock)
        {
            if (!_isRetired && _prepared is null or { IsDead: true })
            {
                (_prepared, surplus) = (channel, _prepared);
            }
        }

        surplus?.Dispose();
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await _invoker.SendAsync(request, cancellationToken);

    /// <summary>Counts an exchange in.</summary>
    /// <returns>False when the session takes no new ones.</returns>
    public bool TryEnter()
    {
        lock (_lock)
        {
            _active += _isRetired ? 0 : 1;
            return !_isRetired;
        }
    }

    /// <summary>Counts an exchange out.</summary>
    public void Leave()
    {
        bool isLast;
        lock (_lock)
        {
            _lastUse = _time.GetTimestamp();
            isLast = --_active == 0 && _isRetired;
        }

        if (isLast)
        {
            Dispose();
        }
    }

    /// <summary>How often the current connection has been used before, this use counted from now on.</summary>
    public bool CountUse() => Interlocked.Increment(ref _connectionUses) > 1;

    /// <summary>Whether nobody has used it for that long.</summary>
    public bool IsIdle(TimeSpan limit)
    {
        lock (_lock)
        {
            return _active == 0 && _time.GetElapsedTime(_lastUse) > limit;
        }
    }

    /// <summary>Takes no new exchanges; ends when the last one has.</summary>
    public void Retire()
    {
        bool isUnused;
        lock (_lock)
        {
            _isRetired = true;
            isUnused = _active == 0;
        }

        if (isUnused)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _invoker.Dispose();
        TakePrepared()?.Dispose();
    }

    private UpstreamChannel? TakePrepared()
    {
        lock (_lock)
        {
            var channel = _prepared;
            _prepared = null;
            return channel;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var channel = TakePrepared();
        if (channel is null or { IsDead: true })
        {
            channel?.Dispose();
            channel = await _connect(_destination, cancellationToken);
        }

        Volatile.Write(ref _connectionUses, 0);
        Volatile.Write(ref _current, channel);
        return channel.Stream;
    }
}
