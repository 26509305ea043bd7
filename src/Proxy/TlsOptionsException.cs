namespace MitmWeb.Proxy;

/// <summary>The TLS options cannot be followed. The message is one plain sentence: which option or file, what is wrong with it and what to do.</summary>
public sealed class TlsOptionsException(string message, Exception? innerException = null) : Exception(message, innerException);
