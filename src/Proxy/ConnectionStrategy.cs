namespace MitmWeb.Proxy;

/// <summary>When the server is connected to.</summary>
public enum ConnectionStrategy
{
    /// <summary>Before the client's TLS handshake, so that the certificate and the protocols it is offered can be the server's.</summary>
    Eager,

    /// <summary>When there is a request to send. The certificate names only what the client asks for.</summary>
    Lazy,
}
