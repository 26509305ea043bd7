namespace MitmWeb.Proxy.Connections;

/// <summary>An address cannot be listened on; the message is a sentence for people.</summary>
public sealed class ListenException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether another program listens there.</summary>
    public bool IsPortInUse { get; init; }
}
