using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Connections;

/// <summary>How MitmWeb speaks TLS to clients. Sessions are resumed per certificate: .NET keeps the tickets' keys with its context.</summary>
internal sealed class ClientTls
{
    private readonly SslProtocols _protocols;
    private readonly CipherSuitesPolicy? _ciphers;
    private readonly bool _requestCertificate;
    private readonly CustomCertificates _custom;
    private readonly LeafCertificates _leaves;

    /// <exception cref="TlsOptionsException">The options cannot be followed.</exception>
    public ClientTls(TlsOptions options, LeafCertificates leaves)
    {
        _protocols = options.Client.Protocols;
        _ciphers = CipherList.ToPolicy(options.Client.Ciphers, "--ciphers-client");
        _requestCertificate = options.RequestClientCert;
        _custom = new CustomCertificates(options.Certs, options.CertPassphrase);
        _leaves = leaves;
    }

    /// <summary>The certificate to show: the user's own for that host, else one that is made.</summary>
    public SslStreamCertificateContext CertificateFor(string host, LeafSubject subject) => _custom.Find(host) ?? _leaves.Get(subject);

    /// <summary>The options for one handshake.</summary>
    public SslServerAuthenticationOptions OptionsFor(SslStreamCertificateContext certificate, List<SslApplicationProtocol> alpn) => new()
    {
        ServerCertificateContext = certificate,
        ApplicationProtocols = alpn.Count == 0 ? null : alpn,
        EnabledSslProtocols = _protocols,
        CipherSuitesPolicy = _ciphers,
        ClientCertificateRequired = _requestCertificate,

#pragma warning disable CA5359 // What a client shows is for the record alone: nothing is allowed or refused by it.
        RemoteCertificateValidationCallback = _requestCertificate ? static (_, _, _, _) => true : null,
#pragma warning restore CA5359
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
    };
}
