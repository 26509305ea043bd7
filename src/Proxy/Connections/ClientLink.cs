namespace MitmWeb.Proxy.Connections;

/// <summary>What carries a client's bytes, and the ways to end it: a socket, or a stream of an HTTP/2 connection.</summary>
internal abstract class ClientLink : IDisposable
{
    /// <summary>Whether its user ends the connection in words of its own when MitmWeb stops (GOAWAY), so that it must not be cut off.</summary>
    public bool SaysGoodbye { get; set; }

    /// <summary>The socket's stream at the bottom, which can gather what is written; null for a stream of an HTTP/2 connection.</summary>
    public virtual SocketStream? Network => null;

    /// <summary>Breaks it off, so that the client does not take what it got for the whole.</summary>
    public abstract void Reset();

    /// <summary>Says that nothing more will be sent.</summary>
    public abstract ValueTask EndSendingAsync();

    public abstract void Dispose();
}
