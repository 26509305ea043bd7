using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Upstream;

/// <summary>An HTTP/1.1 connection to a server; it serves one exchange at a time and may then serve another.</summary>
internal sealed class Http1Channel(UpstreamChannel channel) : IDisposable
{
    public WireReader Reader { get; } = new(channel.Stream);

    public WireWriter Writer { get; } = new(channel.Stream, channel.Network);

    public Stream Stream => channel.Stream;

    public ServerConnection Connection => channel.Connection;

    public ConnectTimeline Timeline => channel.Timeline;

    /// <summary>Whether it has served an exchange before.</summary>
    public bool IsUsed { get; set; }

    /// <summary>Whether it belongs to one client's connection, and so never goes to the pool.</summary>
    public bool IsOwned { get; set; }

    /// <summary>Where it leads, while it is idle.</summary>
    public Destination Server { get; set; }

    /// <summary>Its place among the idle connections to its server.</summary>
    public LinkedListNode<Http1Channel>? IdleHere { get; set; }

    /// <summary>Its place among all idle connections.</summary>
    public LinkedListNode<Http1Channel>? IdleEverywhere { get; set; }

    /// <summary>When it was put back (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether the server has closed it or sent something that nobody asked for.</summary>
    public bool IsStale => Reader.BufferedLength > 0 || (Reader.IsReadingAhead ? Reader.HasReadAhead || channel.IsDead : channel.IsStale);

    /// <summary>Begins to read before anything has been asked. A TLS server sends session tickets after the handshake
    /// (RFC 8446, section 4.6.1): unread, they look like something that nobody asked for.</summary>
    public void ReadAhead() => _ = Reader.ReadAhead();

    /// <summary>Says that nothing more will be sent; what the server sends is still read.</summary>
    public ValueTask EndSendingAsync() => channel.EndSendingAsync();

    public void Reset()
    {
        channel.Reset();
        Dispose();
    }

    public void Dispose()
    {
        channel.Dispose();
        Reader.Dispose();
        Writer.Dispose();
    }
}
