using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary>A proxy of its own on a free port, with a CA of its own in a folder of its own.</summary>
internal sealed class TestProxy : IAsyncDisposable
{
    private static readonly Lazy<CertificateAuthority> SharedAuthority = new(() =>
        CertificateAuthority.LoadOrCreate(Directory.CreateTempSubdirectory("mitmweb-test-").FullName, KeyKind.Ecdsa, TimeProvider.System));

    private TestProxy(ProxyServer server, MemorySink sink)
    {
        Server = server;
        Sink = sink;
    }

    public static CertificateAuthority Authority => SharedAuthority.Value;

    public ProxyServer Server { get; }

    public MemorySink Sink { get; }

    public int Port => Server.Listeners[0].Port;

    public static async Task<TestProxy> StartAsync(Func<ProxyOptions, ProxyOptions>? configure = null, ILocalSite? site = null)
    {
        // A slow machine must not make a client look as if it waited for the server's first word: tests of that ask for it.
        var options = new ProxyOptions { ListenHost = "127.0.0.1", ListenPort = 0, SslInsecure = true, ServerFirstDelay = null };
        var sink = new MemorySink();
        var server = new ProxyServer(configure?.Invoke(options) ?? options, Authority, sink, site, NullLoggerFactory.Instance);
        await server.StartAsync();
        return new TestProxy(server, sink);
    }

    /// <summary>A plain connection to the proxy.</summary>
    public async Task<RawPeer> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return new RawPeer(new NetworkStream(socket), socket);
    }

    /// <summary>A tunnel through the proxy (CONNECT), still plain.</summary>
    public async Task<RawPeer> TunnelAsync(string authority)
    {
        var peer = await ConnectAsync();
        await peer.SendAsync($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await peer.ReadHeadAsync(), StringComparison.Ordinal);
        return peer;
    }

    /// <summary>A tunnel with TLS in it, whose certificate is checked against the test's CA alone.</summary>
    public async Task<(RawPeer Peer, SslStream Tls)> SecureAsync(string authority, string serverName, params SslApplicationProtocol[] alpn)
    {
        var peer = await TunnelAsync(authority);
        var tls = new SslStream(peer.Stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            ApplicationProtocols = alpn.Length == 0 ? null : [.. alpn],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { Authority.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        return (new RawPeer(tls, peer.Socket), tls);
    }

    /// <summary>An HTTP client that uses the proxy and trusts its CA.</summary>
    public HttpClient Client(Version version) => new(new SocketsHttpHandler
    {
        Proxy = new WebProxy($"http://127.0.0.1:{Port}"),
        UseProxy = true,
        SslOptions =
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { Authority.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    })
    {
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
