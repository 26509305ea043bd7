namespace MitmWeb.Proxy;

/// <summary>Certificates, and how TLS is spoken on both sides. Immutable.</summary>
public sealed record TlsOptions
{
    /// <summary>When the server is connected to.</summary>
    public ConnectionStrategy ConnectionStrategy { get; init; }

    /// <summary>Whether leaf certificates name what the server's own names, besides what the client asked for.</summary>
    public bool UpstreamCert { get; init; } = true;
}
