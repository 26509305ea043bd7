using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// The HTTP/1.1 connections that nobody uses at present, at most so many to one server and so many to all together: where there is no
/// room, the one that has been idle longest is closed. The newest is taken first, because it is the likeliest to be alive.
/// </summary>
internal sealed class IdleChannels(int maxPerServer, int maxTotal, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Destination, LinkedList<Http1Channel>> _byServer = [];
    private readonly LinkedList<Http1Channel> _all = [];
    private bool _isDisposed;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    /// <summary>Keeps a connection.</summary>
    public void Add(Destination destination, Http1Channel channel)
    {
        channel.IdleSince = time.GetTimestamp();
        Http1Channel? ended = null;
        lock (_lock)
        {
            if (_isDisposed || maxTotal == 0 || maxPerServer == 0)
            {
                ended = channel;
            }
            else
            {
                if (!_byServer.TryGetValue(destination, out var here))
                {
                    _byServer.Add(destination, here = []);
                }

                channel.Server = destination;
                channel.IdleHere = here.AddLast(channel);
                channel.IdleEverywhere = _all.AddLast(channel);
                if (here.Count > maxPerServer || _all.Count > maxTotal)
                {
                    ended = (here.Count > maxPerServer ? here : _all).First!.Value;
                    Remove(ended);
                }
            }
        }

        ended?.Dispose();
    }

    /// <summary>Takes a connection that is alive, or null.</summary>
    /// <param name="destination">The server.</param>
    /// <param name="onlyUnused">Whether it must be one that was opened ahead and belongs to nobody yet.</param>
    public Http1Channel? Take(Destination destination, bool onlyUnused = false)
    {
        while (true)
        {
            Http1Channel channel;
            lock (_lock)
            {
                if (!_byServer.TryGetValue(destination, out var here))
                {
                    return null;
                }

                channel = here.Last!.Value;
                if (onlyUnused && channel.IsUsed)
                {
                    return null;
                }

                Remove(channel);
            }

            if (!channel.IsStale)
            {
                return channel;
            }

            channel.Dispose();
        }
    }

    /// <summary>Closes those that have been idle for longer than that, and those that servers have closed.</summary>
    public void Sweep(TimeSpan limit)
    {
        var ended = new List<Http1Channel>();
        lock (_lock)
        {
            for (var node = _all.First; node is not null;)
            {
                var channel = node.Value;
                node = node.Next;
                if (time.GetElapsedTime(channel.IdleSince) > limit || channel.IsStale)
                {
                    Remove(channel);
                    ended.Add(channel);
                }
            }
        }

        ended.ForEach(static channel => channel.Dispose());
    }

    public void Dispose()
    {
        List<Http1Channel> ended;
        lock (_lock)
        {
            _isDisposed = true;
            ended = [.. _all];
            _all.Clear();
            _byServer.Clear();
        }

        ended.ForEach(static channel => channel.Dispose());
    }

    private void Remove(Http1Channel channel)
    {
        var here = channel.IdleHere!.List!;
        here.Remove(channel.IdleHere);
        _all.Remove(channel.IdleEverywhere!);
        if (here.Count == 0)
        {
            _byServer.Remove(channel.Server);
        }
    }
}
