namespace MitmWeb.Proxy.Certificates;

/// <summary>
/// The certificate authority cannot be used. The message is one plain sentence for the person who started the proxy: which file, what
/// is wrong with it and what to do.
/// </summary>
public sealed class CertificateAuthorityException(string message, Exception? innerException = null) : Exception(message, innerException);
