namespace MitmWeb.Proxy.Http;

/// <summary>What came over the wire is not HTTP, or ended where it must not. The message is a sentence for people.</summary>
internal sealed class HttpWireException(string message, Exception? inner = null) : IOException(message, inner);
