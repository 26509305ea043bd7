namespace MitmWeb.Proxy.Http;

/// <summary>The client closed or broke its connection.</summary>
internal sealed class ClientGoneException(Exception? inner = null) : IOException("The client closed the connection.", inner);
