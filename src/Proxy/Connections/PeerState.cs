namespace MitmWeb.Proxy.Connections;

/// <summary>What a connection's other end has done.</summary>
internal enum PeerState
{
    /// <summary>It is there, as far as anybody can tell.</summary>
    Open,

    /// <summary>It has ended its sending side; what it sent before may not have been read yet.</summary>
    Ended,

    /// <summary>It has reset the connection.</summary>
    Broken,
}
