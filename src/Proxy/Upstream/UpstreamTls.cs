using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// How MitmWeb speaks TLS to servers. The options of two connections to one server are equal in all that OpenSSL keys its sessions by, so that
/// .NET resumes them (RFC 8446, section 2.2) without a store of our own.
/// </summary>
internal sealed class UpstreamTls
{
    private readonly SslProtocols _protocols;
    private readonly CipherSuitesPolicy? _ciphers;
    private readonly ClientCertificates _clientCertificates;
    private readonly X509Certificate2Collection? _trusted;
    private readonly KnownRoots? _knownRoots;

    /// <exception cref="TlsOptionsException">The options cannot be followed.</exception>
    public UpstreamTls(ProxyOptions options, TimeProvider time)
    {
        var tls = options.Tls;
        _protocols = tls.Server.Protocols;
        _ciphers = CipherList.ToPolicy(tls.Server.Ciphers, "--ciphers-server");
        _clientCertificates = new ClientCertificates(tls.ClientCerts, tls.CertPassphrase);
        _trusted = TrustedAuthorities.Load(tls.TrustedCa, tls.TrustedConfdir);
        _knownRoots = _trusted is null && OperatingSystem.IsLinux() ? new KnownRoots(time) : null;
        Verification = new UpstreamVerification(options);
    }

    /// <summary>Decides over the servers' certificates.</summary>
    public UpstreamVerification Verification { get; }

    /// <summary>The destination with the certificate that MitmWeb shows there, as the files are now.</summary>
    public Destination Identify(Destination destination) =>
        destination.IsTls ? destination with { Identity = _clientCertificates.For(destination.TlsName) } : destination;

    /// <summary>The options for one connection.</summary>
    /// <exception cref="TlsOptionsException">The client certificate for the server cannot be used any more.</exception>
    public SslClientAuthenticationOptions OptionsFor(Destination destination, IReadOnlyList<SslApplicationProtocol> alpn, RemoteCertificateValidationCallback check)
    {
        if (destination.Identity?.Problem is { } problem)
        {
            throw new TlsOptionsException(problem);
        }

        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (_trusted is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_trusted);
        }

        _knownRoots?.AddTo(policy);

        return new SslClientAuthenticationOptions
        {
            TargetHost = destination.TlsName,
            ApplicationProtocols = alpn.Count == 0 ? null : [.. alpn],
            EnabledSslProtocols = _protocols,
            CipherSuitesPolicy = _ciphers,
            ClientCertificateContext = destination.Identity?.Context,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = check,
        };
    }

    /// <summary>Checks a server's certificate again where the options above had only a part of the roots.</summary>
    /// <param name="certificate">The certificate; null when the server sent none.</param>
    /// <param name="chain">The chain that the platform built.</param>
    /// <param name="errors">What the platform found; afterwards what is right.</param>
    /// <returns>The chain to look at instead, which the caller disposes of; null when the given one is right.</returns>
    public X509Chain? CheckAgain(X509Certificate2? certificate, X509Chain? chain, ref SslPolicyErrors errors) =>
        certificate is null || chain is null ? null : _knownRoots?.CheckWithAll(certificate, chain, ref errors);
}
