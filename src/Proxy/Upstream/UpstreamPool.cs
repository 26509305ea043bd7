using System.Collections.Concurrent;
using System.Net.Security;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// The connections to servers: idle HTTP/1.1 ones are kept for the next exchange with the same destination, whoever the client is;
/// HTTP/2 sessions are shared. It also remembers for some minutes which protocol a server chose.
/// </summary>
internal sealed class UpstreamPool : IAsyncDisposable
{
    private const int MaxIdlePerDestination = 128;

    private static readonly TimeSpan MemoryOfChoice = TimeSpan.FromMinutes(5);
    private static readonly IReadOnlyList<SslApplicationProtocol> OnlyHttp1 = [SslApplicationProtocol.Http11];
    private static readonly IReadOnlyList<SslApplicationProtocol> Both = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly ProxyOptions _options;
    private readonly UpstreamConnector _connector;
    private readonly TimeProvider _time;
    private readonly Lock _idleLock = new();
    private readonly Dictionary<Destination, Stack<Http1Channel>> _idle = [];
    private readonly ConcurrentDictionary<Destination, Lazy<Http2Session>> _sessions = new();
    private readonly ConcurrentDictionary<Destination, Choice> _choices = new();
    private readonly ITimer _sweep;
    private bool _isDisposed;

    public UpstreamPool(ProxyOptions options, UpstreamConnector connector, TimeProvider time)
    {
        _options = options;
        _connector = connector;
        _time = time;
        var period = TimeSpan.FromSeconds(5);
        _sweep = time.CreateTimer(static state => ((UpstreamPool)state!).Sweep(), this, period, period);
    }

    /// <summary>
    /// Finds out which protocol the server speaks, before the client's handshake chooses one. The connection made for it is kept for
    /// the first exchange.
    /// </summary>
    /// <returns>Whether the server speaks HTTP/2.</returns>
    /// <exception cref="UpstreamException">The server cannot be reached.</exception>
    public async ValueTask<bool> SpeaksHttp2Async(Destination destination, CancellationToken cancellationToken)
    {
        if (Remembered(destination) is { } known)
        {
            return known;
        }

        var channel = await _connector.ConnectAsync(destination, Both, cancellationToken);
        var isHttp2 = channel.IsHttp2;
        Keep(destination, channel); // Another exchange may have used and closed it before this returns.
        return isHttp2;
    }

    /// <summary>Begins an exchange with a server.</summary>
    /// <param name="destination">The server.</param>
    /// <param name="mayUseHttp2">Whether the client's side can carry what HTTP/2 brings.</param>
    /// <param name="affinity">The connections that belong to the client's own; null when it has none.</param>
    /// <param name="fresh">Whether the connection must be a new one, because an idle one has just failed.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="UpstreamException">The server cannot be reached.</exception>
    public async ValueTask<ServerExchange> BeginAsync(Destination destination, bool mayUseHttp2, ClientAffinity? affinity, bool fresh, CancellationToken cancellationToken)
    {
        if (destination.IsTls && mayUseHttp2 && await SpeaksHttp2Async(destination, cancellationToken))
        {
            return new Http2ServerExchange(destination, EnterSession(destination));
        }

        if (!fresh && (affinity?.Take(destination) ?? (_options.UpstreamPerClient ? null : TakeIdle(destination))) is { } idle)
        {
            return new Http1ServerExchange(destination, idle, this, affinity, _options);
        }

        var channel = await _connector.ConnectAsync(destination, destination.IsTls ? OnlyHttp1 : [], cancellationToken);
        return new Http1ServerExchange(destination, new Http1Channel(channel), this, affinity, _options);
    }

    /// <summary>Opens a connection whose bytes are passed on unread.</summary>
    public Task<UpstreamChannel> ConnectRawAsync(Destination destination, CancellationToken cancellationToken) =>
        _connector.ConnectAsync(destination with { IsTls = false }, [], cancellationToken);

    /// <summary>Takes a connection back for the next exchange.</summary>
    public void Return(Destination destination, Http1Channel channel)
    {
        channel.IdleSince = _time.GetTimestamp();
        lock (_idleLock)
        {
            if (!_isDisposed)
            {
                if (!_idle.TryGetValue(destination, out var stack))
                {
                    _idle.Add(destination, stack = new Stack<Http1Channel>());
                }

                if (stack.Count < MaxIdlePerDestination)
                {
                    stack.Push(channel);
                    return;
                }
            }
        }

        channel.Dispose();
    }

    /// <summary>Forgets what a server chose, because it turned out to be otherwise.</summary>
    public void Forget(Destination destination)
    {
        _choices.TryRemove(destination, out _);
        if (_sessions.TryRemove(destination, out var session) && session.IsValueCreated)
        {
            session.Value.Retire();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        List<Http1Channel> idle;
        lock (_idleLock)
        {
            _isDisposed = true;
            idle = [.. _idle.Values.SelectMany(static stack => stack)];
            _idle.Clear();
        }

        foreach (var channel in idle)
        {
            channel.Dispose();
        }

        foreach (var session in _sessions.Values.Where(one => one.IsValueCreated))
        {
            session.Value.Dispose();
        }
    }

    private bool? Remembered(Destination destination) =>
        _choices.TryGetValue(destination, out var choice) && _time.GetElapsedTime(choice.At) < MemoryOfChoice ? choice.IsHttp2 : null;

    private void Keep(Destination destination, UpstreamChannel channel)
    {
        _choices[destination] = new Choice(channel.IsHttp2, _time.GetTimestamp());
        if (channel.IsHttp2)
        {
            var session = EnterSession(destination);
            session.Offer(channel);
            session.Leave();
        }
        else
        {
            var http1 = new Http1Channel(channel);
            http1.ReadAhead();
            Return(destination, http1);
        }
    }

    /// <summary>The session for a destination, with the caller counted in: it must <see cref="Http2Session.Leave"/>.</summary>
    private Http2Session EnterSession(Destination destination)
    {
        while (true)
        {
            var lazy = _sessions.GetOrAdd(
                destination,
                static (key, pool) => new Lazy<Http2Session>(() => new Http2Session(key, pool.ConnectHttp2Async, pool._options.MaxHeadSize, pool._time)),
                this);
            if (lazy.Value.TryEnter())
            {
                return lazy.Value;
            }

            // It has been retired meanwhile.
            _sessions.TryRemove(new KeyValuePair<Destination, Lazy<Http2Session>>(destination, lazy));
        }
    }

    private async Task<UpstreamChannel> ConnectHttp2Async(Destination destination, CancellationToken cancellationToken)
    {
        var channel = await _connector.ConnectAsync(destination, Both, cancellationToken);
        if (!channel.IsHttp2)
        {
            // The server has changed its mind: the next exchange asks anew.
            Forget(destination);
        }

        return channel;
    }

    private Http1Channel? TakeIdle(Destination destination)
    {
        while (true)
        {
            Http1Channel? channel;
            lock (_idleLock)
            {
                if (!_idle.TryGetValue(destination, out var stack) || !stack.TryPop(out channel))
                {
                    return null;
                }
            }

            if (!channel.IsStale)
            {
                return channel;
            }

            channel.Dispose();
        }
    }

    private void Sweep()
    {
        var ended = new List<Http1Channel>();
        lock (_idleLock)
        {
            foreach (var (destination, stack) in _idle)
            {
                // The newest lie on top; those that are young and alive go back in their order.
                var kept = stack.Where(channel => _time.GetElapsedTime(channel.IdleSince) <= _options.IdleTimeout && !channel.IsStale).ToList();
                if (kept.Count < stack.Count)
                {
                    ended.AddRange(stack.Except(kept));
                    stack.Clear();
                    for (var i = kept.Count - 1; i >= 0; i--)
                    {
                        stack.Push(kept[i]);
                    }
                }

                if (stack.Count == 0)
                {
                    _idle.Remove(destination);
                }
            }
        }

        foreach (var channel in ended)
        {
            channel.Dispose();
        }

        foreach (var (destination, choice) in _choices)
        {
            if (_time.GetElapsedTime(choice.At) > MemoryOfChoice)
            {
                _choices.TryRemove(new KeyValuePair<Destination, Choice>(destination, choice));
            }
        }

        foreach (var (destination, session) in _sessions)
        {
            if (session.IsValueCreated && session.Value.IsIdle(_options.IdleTimeout) && _sessions.TryRemove(new KeyValuePair<Destination, Lazy<Http2Session>>(destination, session)))
            {
                session.Value.Retire();
            }
        }
    }

    private sealed record Choice(bool IsHttp2, long At);
}
