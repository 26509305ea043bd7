using System.Collections.Concurrent;
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
    private readonly ConcurrentQueue<UpstreamChannel> _prepared = new();
    private readonly HttpMessageInvoker _invoker;
    private UpstreamChannel? _current;
    private int _connectionUses;
    private int _active;
    private int _retired;
    private long _lastUse;

    public Http2Session(Destination destination, Func<Destination, CancellationToken, Task<UpstreamChannel>> connect, int maxHeadSize)
    {
        _destination = destination;
        _connect = connect;
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

    /// <summary>Hands over a connection that stands, for the next exchange that needs a new one.</summary>
    public void Offer(UpstreamChannel channel) => _prepared.Enqueue(channel);

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await _invoker.SendAsync(request, cancellationToken);

    /// <summary>Counts an exchange in.</summary>
    public void Enter() => Interlocked.Increment(ref _active);

    /// <summary>Counts an exchange out.</summary>
    public void Leave(TimeProvider time)
    {
        Volatile.Write(ref _lastUse, time.GetTimestamp());
        if (Interlocked.Decrement(ref _active) == 0 && Volatile.Read(ref _retired) == 1)
        {
            Dispose();
        }
    }

    /// <summary>How often the current connection has been used before, this use counted from now on.</summary>
    public bool CountUse() => Interlocked.Increment(ref _connectionUses) > 1;

    public bool IsIdle(TimeProvider time, TimeSpan limit) =>
        Volatile.Read(ref _active) == 0 && Volatile.Read(ref _lastUse) is > 0 and var last && time.GetElapsedTime(last) > limit;

    /// <summary>Takes no new exchanges; ends when the last one has.</summary>
    public void Retire()
    {
        Volatile.Write(ref _retired, 1);
        if (Volatile.Read(ref _active) == 0)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _invoker.Dispose();
        while (_prepared.TryDequeue(out var channel))
        {
            channel.Dispose();
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!_prepared.TryDequeue(out var channel) || channel.IsDead)
        {
            channel?.Dispose();
            channel = await _connect(_destination, cancellationToken);
        }

        Volatile.Write(ref _connectionUses, 0);
        Volatile.Write(ref _current, channel);
        return channel.Stream;
    }
}
