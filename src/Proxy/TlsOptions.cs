namespace MitmWeb.Proxy;

/// <summary>Certificates, and how TLS is spoken on both sides. Immutable.</summary>
public sealed record TlsOptions
{
    /// <summary>When the server is connected to.</summary>
    public ConnectionStrategy ConnectionStrategy { get; init; }

    /// <summary>Whether leaf certificates name what the server's own names, besides what the client asked for.</summary>
    public bool UpstreamCert { get; init; } = true;

    /// <summary>The side towards clients.</summary>
    public TlsSideOptions Client { get; init; } = new();

    /// <summary>The side towards servers.</summary>
    public TlsSideOptions Server { get; init; } = new();

    /// <summary>Certificates to show instead of our own: <c>[domain=]path</c> of a PEM file with a key, a certificate and its chain. The domain
    /// may be <c>*.example.com</c>; without one it is <c>*</c>, for all hosts.</summary>
    public IReadOnlyList<string> Certs { get; init; } = [];

    /// <summary>What opens encrypted keys of <see cref="Certs"/> and <see cref="ClientCerts"/>.</summary>
    public string? CertPassphrase { get; init; }

    /// <summary>Whether clients are asked for a certificate. Any is taken, and none.</summary>
    public bool RequestClientCert { get; init; }

    /// <summary>What servers that ask for a certificate get: a PEM file, or a folder with <c>host.pem</c> files; null for nothing.</summary>
    public string? ClientCerts { get; init; }

    /// <summary>A PEM file with the CAs that servers are checked against, instead of the system's; null for the system's.</summary>
    public string? TrustedCa { get; init; }

    /// <summary>A folder of such files; null for none.</summary>
    public string? TrustedConfdir { get; init; }

    /// <summary>What holds for single hosts; of several that fit, those with the first one's pattern count.</summary>
    public IReadOnlyList<HostVerification> Verify { get; init; } = [];
}
