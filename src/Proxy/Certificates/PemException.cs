namespace MitmWeb.Proxy.Certificates;

/// <summary>A PEM file cannot be used. The message is the cause alone, as the middle of a sentence: "its private key is encrypted".</summary>
internal sealed class PemException(string cause, Exception? innerException = null) : Exception(cause, innerException);
