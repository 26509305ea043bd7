using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Http2;

/// <summary>
/// The HTTP/2 connections to one server. Exchanges share a connection as long as the server takes more streams on it; then there is
/// another. One is opened at a time, and everybody who needs one waits for it.
/// </summary>
/// <param name="connect">Opens a connection; null when the server does not speak HTTP/2 any more.</param>
/// <param name="maxHeadSize">The longest message head.</param>
/// <param name="validates">Whether malformed heads are refused.</param>
/// <param name="time">The clock.</param>
internal sealed class Http2Channels(Func<CancellationToken, Task<UpstreamChannel?>> connect, int maxHeadSize, bool validates, TimeProvider time) : IAsyncDisposable
{
    private const int MaxConnections = 32;

    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Http2Channel> _channels = [];
    private Task<bool>? _connecting;
    private TaskCompletionSource? _freed;
    private bool _isDisposed;

    /// <summary>When somebody last wanted an exchange with this server, as a <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long AskedForAt { get; set; }

    /// <summary>Begins to use a connection that stands.</summary>
    public Http2Channel Adopt(UpstreamChannel channel)
    {
        var adopted = new Http2Channel(channel, maxHeadSize, validates, time, _ => Interlocked.Exchange(ref _freed, null)?.TrySetResult());
        lock (_gate)
        {
            _channels.Add(adopted);
        }

        _ = RunAsync(adopted);
        if (_isDisposed)
        {
            adopted.Dispose();
        }

        return adopted;
    }

    /// <summary>Hands over a connection that stands. One is kept: many clients that ask at once make many, but few are needed.</summary>
    public void Offer(UpstreamChannel channel)
    {
        lock (_gate)
        {
            if (!_channels.Exists(static one => !one.Http2.IsClosing))
            {
                Adopt(channel);
                return;
            }
        }

        channel.Dispose();
    }

    /// <summary>Reserves a stream, on a connection that stands or on a new one.</summary>
    /// <returns>Null when the server does not speak HTTP/2 any more.</returns>
    /// <exception cref="UpstreamException">The server cannot be reached.</exception>
    public async ValueTask<(Http2Channel Channel, Http2Stream Stream, bool IsFirst)?> ReserveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Asked for before looking, so that none is missed.
            var freed = Volatile.Read(ref _freed);
            if (freed is null)
            {
                var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                freed = Interlocked.CompareExchange(ref _freed, mine, null) ?? mine;
            }

            Task<bool>? connecting = null;
            lock (_gate)
            {
                var open = 0;
                foreach (var channel in _channels)
                {
                    if (channel.Http2.TryReserve(out var isFirst) is { } stream)
                    {
                        return (channel, stream, isFirst);
                    }

                    open += channel.Http2.IsClosing ? 0 : 1;
                }

                if (open < MaxConnections)
                {
                    connecting = _connecting ??= ConnectAsync();
                }
            }

            if (connecting is null)
            {
                await freed.Task.WaitAsync(cancellationToken);
            }
            else if (!await connecting.WaitAsync(cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>Takes no new exchanges on connections that have been idle for that long, or for which there is no room: they end.</summary>
    /// <param name="limit">How long.</param>
    /// <param name="room">How many idle connections may still be kept.</param>
    /// <returns>Whether any connection is left.</returns>
    public bool Sweep(TimeSpan limit, ref int room)
    {
        lock (_gate)
        {
            foreach (var channel in _channels)
            {
                if (channel.Http2 is { Slots: 0, IsClosing: false } && (time.GetElapsedTime(channel.Http2.IdleSince) > limit || --room < 0))
                {
                    channel.Http2.GoAway();
                }
            }

            return _channels.Count > 0 || _connecting is not null;
        }
    }

    /// <summary>Ends all connections, and what runs on them. It returns when the servers have been told, or do not listen.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Http2Channel> channels;
        lock (_gate)
        {
            _isDisposed = true;
            channels = [.. _channels];
        }

        channels.ForEach(static channel => channel.Dispose());
        await Task.WhenAny(Task.WhenAll(channels.Select(static channel => channel.Ended)), Task.Delay(GoodbyeLimit));
    }

    private async Task RunAsync(Http2Channel channel)
    {
        await channel.RunAsync();
        lock (_gate)
        {
            _channels.Remove(channel);
        }

        Interlocked.Exchange(ref _freed, null)?.TrySetResult();
    }

    private async Task<bool> ConnectAsync()
    {
        // Lets go of the lock that the caller holds.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (await connect(CancellationToken.None) is not { } channel)
            {
                return false;
            }

            Adopt(channel);
            return true;
        }
        finally
        {
            lock (_gate)
            {
                _connecting = null;
            }
        }
    }
}
