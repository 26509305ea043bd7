using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Connections;

/// <summary>A server's connection whose bytes are passed on unread, opened before it is known that they will be.</summary>
internal sealed class TunnelServer : IDisposable
{
    private readonly WireReader _reader;

    /// <summary>Takes over a connection and begins to read from it.</summary>
    /// <param name="channel">The connection.</param>
    /// <param name="startedAt">When connecting began.</param>
    /// <param name="started">The same as a <see cref="TimeProvider.GetTimestamp"/>.</param>
    public TunnelServer(UpstreamChannel channel, DateTimeOffset startedAt, long started)
    {
        Channel = channel;
        StartedAt = startedAt;
        Started = started;
        _reader = new WireReader(channel.Stream);
        FirstWord = _reader.ReadAhead();
    }

    public UpstreamChannel Channel { get; }

    public DateTimeOffset StartedAt { get; }

    public long Started { get; }

    /// <summary>Completes when the server speaks, ends or breaks the connection off.</summary>
    public Task FirstWord { get; }

    /// <summary>Whether the server did so.</summary>
    public bool HasSpoken => FirstWord.IsCompleted;

    /// <summary>This end, for a tunnel.</summary>
    public TunnelEnd AsTunnelEnd() => Channel.AsTunnelEnd() with { Stream = new PrefixedStream(_reader, Channel.Stream) };

    public void Dispose()
    {
        Channel.Dispose();
        _reader.Dispose();
    }
}
