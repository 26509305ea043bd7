namespace MitmWeb.Proxy.Connections;

/// <summary>What reading the first bytes of a connection as a ClientHello came to.</summary>
internal enum ClientHelloResult
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The hello was read.</summary>
    Complete,

    /// <summary>These bytes are no ClientHello.</summary>
    NotTls,
}
