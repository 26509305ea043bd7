using System.Security.Authentication;

namespace MitmWeb.Proxy;

/// <summary>How TLS is spoken on one side. Immutable.</summary>
public sealed record TlsSideOptions
{
    /// <summary>The oldest version. Below TLS 1.2 OpenSSL needs a configuration of its own as well: see <see cref="Tls.OpenSslConfiguration"/>.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>The newest version.</summary>
    public TlsVersion MaxVersion { get; init; }

    /// <summary>The cipher suites: an OpenSSL cipher list or IANA names, separated by colons; null for the platform's own choice.</summary>
    public string? Ciphers { get; init; }

    /// <summary>The one group for key exchange as OpenSSL names it (<c>prime256v1</c>, <c>X25519</c>); null for the platform's own choice.</summary>
    public string? EcdhCurve { get; init; }

    /// <summary>Whether versions are wanted that OpenSSL does not speak by default.</summary>
    internal bool IsLegacy => MinVersion < TlsVersion.Tls12;

    /// <summary>The versions as .NET names them.</summary>
    internal SslProtocols Protocols
    {
        get
        {
            var protocols = SslProtocols.None;
#pragma warning disable SYSLIB0039, CA5397 // Old versions are spoken only where the user asks for them.
            Add(TlsVersion.Tls10, SslProtocols.Tls);
            Add(TlsVersion.Tls11, SslProtocols.Tls11);
#pragma warning restore SYSLIB0039, CA5397
            Add(TlsVersion.Tls12, SslProtocols.Tls12);
            Add(TlsVersion.Tls13, SslProtocols.Tls13);
            return protocols;

            void Add(TlsVersion version, SslProtocols protocol)
            {
                if (version >= MinVersion && (MaxVersion == TlsVersion.Unbounded || version <= MaxVersion))
                {
                    protocols |= protocol;
                }
            }
        }
    }
}
