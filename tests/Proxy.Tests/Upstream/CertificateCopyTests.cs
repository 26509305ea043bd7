using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Upstream;

/// <summary>What clients see of the server's certificate, and how often the server is asked for it.</summary>
public sealed class CertificateCopyTests
{
    private static readonly string[] Many = [.. Enumerable.Range(0, 120).Select(i => $"host{i}.many.example")];

    /// <summary>Subject and names of the server's certificate; what CONNECT and SNI ask for; what the leaf's subject and names must be.</summary>
    public static TheoryData<string, string[], string, string?, string, string[]> Servers() => new()
    {
        { "CN=server.example, O=Example Ltd", ["server.example", "www.server.example"], "127.0.0.1", "server.example", "CN=server.example, O=Example Ltd", ["server.example", "www.server.example", "127.0.0.1"] },
        { "CN=server.example", ["server.example"], "localhost", "localhost", "CN=server.example", ["server.example", "localhost"] },
        { "CN=server.example", ["server.example"], "localhost", null, "CN=server.example", ["server.example", "localhost"] },
        { "CN=a.example", ["*.a.example", "a.example"], "127.0.0.1", "www.a.example", "CN=a.example", ["*.a.example", "a.example", "www.a.example", "127.0.0.1"] },
        { "CN=only.a.common.name", [], "127.0.0.1", "other.example", "CN=only.a.common.name", ["only.a.common.name", "other.example", "127.0.0.1"] },
        { "CN=Some Appliance, O=Vendor", [], "127.0.0.1", null, "CN=Some Appliance, O=Vendor", ["127.0.0.1"] },
        { "", ["nobody.example"], "127.0.0.1", null, "CN=nobody.example", ["nobody.example", "127.0.0.1"] },
        { "", [], "127.0.0.1", null, "CN=127.0.0.1", ["127.0.0.1"] },
        { "O=No Name Inc", [], "127.0.0.1", "x.example", "CN=x.example, O=No Name Inc", ["x.example", "127.0.0.1"] },
        { "CN=bücher.example", ["xn--bcher-kva.example"], "127.0.0.1", "xn--bcher-kva.example", "CN=bücher.example", ["xn--bcher-kva.example", "127.0.0.1"] },
        { "CN=many.example", Many, "127.0.0.1", null, "CN=many.example", [.. Many, "127.0.0.1"] },
        { "CN=ip", ["127.0.0.1", "2001:db8::1", "ip.example"], "127.0.0.1", null, "CN=ip", ["ip.example", "127.0.0.1", "2001:db8::1"] },
    };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Handshake_ServersCertificate_IsCopied(string subject, string[] names, string host, string? sni, string expectedSubject, string[] expectedNames)
    {
        using var certificate = TestCertificate.Create(subject, names);
        await using var server = Server(certificate);
        await using var proxy = await TestProxy.StartAsync();

        var (leaf, _) = await HandshakeAsync(proxy, $"{host}:{server.Port}", sni);

        Assert.Equal(expectedSubject, leaf.Subject);
        Assert.Equal(expectedNames, Names(leaf));
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(ConnectionStrategy.Lazy, true)]
    [InlineData(ConnectionStrategy.Eager, false)]
    public async Task Handshake_NothingToCopy_DoesNotAskTheServer(ConnectionStrategy strategy, bool upstreamCert)
    {
        using var certificate = TestCertificate.Create("CN=server.example", ["server.example"]);
        await using var server = Server(certificate);
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = options.Tls with { ConnectionStrategy = strategy, UpstreamCert = upstreamCert } });

        var (leaf, peer) = await HandshakeAsync(proxy, server.Authority, "asked.example");

        Assert.Equal(["asked.example", "127.0.0.1"], Names(leaf));
        Assert.Equal(0, server.Connections);
        Assert.Contains("200 OK", await GetAsync(peer), StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Handshake_LazyWithTheServerSeenBefore_CopiesItsNames()
    {
        using var certificate = TestCertificate.Create("CN=server.example", ["server.example"]);
        await using var server = Server(certificate);
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = options.Tls with { ConnectionStrategy = ConnectionStrategy.Lazy } });

        var (_, peer) = await HandshakeAsync(proxy, server.Authority, "asked.example");
        await GetAsync(peer);
        var (leaf, _) = await HandshakeAsync(proxy, server.Authority, "asked.example");

        Assert.Equal(["server.example", "asked.example", "127.0.0.1"], Names(leaf));
    }

    [Theory]
    [InlineData("http/1.1")]
    [InlineData("")]
    public async Task ConnectionMadeAhead_ServesTheFirstExchange_AndTheNextHandshakeNeedsNone(string alpn)
    {
        using var certificate = TestCertificate.Create("CN=server.example", ["server.example"]);
        await using var server = Server(certificate);
        await using var proxy = await TestProxy.StartAsync();
        SslApplicationProtocol[] offered = alpn.Length == 0 ? [] : [new SslApplicationProtocol(alpn)];

        var (_, first) = await HandshakeAsync(proxy, server.Authority, "server.example", offered);
        Assert.Equal(1, server.Connections);
        Assert.Contains("200 OK", await GetAsync(first), StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            await HandshakeAsync(proxy, server.Authority, "server.example", offered);
        }

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task ConnectionMadeAhead_UpstreamPerClient_IsUsedToo()
    {
        using var certificate = TestCertificate.Create("CN=server.example", ["server.example"]);
        await using var server = Server(certificate);
        await using var proxy = await TestProxy.StartAsync(options => options with { UpstreamPerClient = true });

        var (_, peer) = await HandshakeAsync(proxy, server.Authority, "server.example");
        Assert.Contains("200 OK", await GetAsync(peer), StringComparison.Ordinal);

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task ManyHandshakesAtOnce_AskTheServerOnce()
    {
        using var certificate = TestCertificate.Create("CN=server.example", ["server.example"]);
        await using var server = Server(certificate);
        await using var proxy = await TestProxy.StartAsync();

        var leaves = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => HandshakeAsync(proxy, server.Authority, "server.example")));

        Assert.All(leaves, one => Assert.Contains("server.example", Names(one.Leaf)));
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("expired", "it expired on")]
    [InlineData("early", "it is not valid before")]
    [InlineData("wrong host", "it is not for 'asked.example' but for server.example")]
    [InlineData("self-signed", "it is self-signed")]
    [InlineData("unknown CA", "is not a CA that this machine trusts")]
    [InlineData("refused", "refused the connection")]
    [InlineData("no TLS", "does not speak TLS")]
    [InlineData("closes", "the connection during the TLS handshake")] // It resets it when what the client sent is unread.
    public async Task UnusableServer_IsExplainedInsideTheInterceptedConnection(string kind, string expected)
    {
        using var root = TestCertificate.Root();
        using var certificate = kind switch
        {
            "expired" => TestCertificate.Create("CN=server.example", ["asked.example"], root, from: -30, days: -2),
            "early" => TestCertificate.Create("CN=server.example", ["asked.example"], root, from: 2),
            "wrong host" => TestCertificate.Create("CN=server.example", ["server.example"], root),
            "unknown CA" => TestCertificate.Create("CN=server.example", ["asked.example"], root),
            _ => TestCertificate.Create("CN=server.example", ["asked.example"]),
        };
        await using var server = kind switch
        {
            "no TLS" => new RawServer(async peer =>
            {
                await peer.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n");
                await peer.ReadToEndAsync();
            }),
            "closes" => new RawServer(_ => Task.CompletedTask),
            _ => Server(certificate),
        };
        var authority = kind == "refused" ? $"127.0.0.1:{FreePort()}" : server.Authority;

        await using var proxy = await TestProxy.StartAsync(options => options with { SslInsecure = false });

        var (leaf, peer) = await HandshakeAsync(proxy, authority, "asked.example");
        var page = await GetAsync(peer);

        Assert.StartsWith("HTTP/1.1 502 ", page, StringComparison.Ordinal);
        Assert.Contains("asked.example", Names(leaf));
        if (kind == "expired")
        {
            // Its names are known all the same.
            Assert.Equal("CN=server.example", leaf.Subject);
        }

        var flow = await proxy.Sink.NextAsync();
        Assert.Contains(expected, flow.Error!.Message, StringComparison.Ordinal);
        Assert.NotEqual("", flow.Error.Fix);
        Assert.Equal(kind == "refused" ? FlowStep.Connect : FlowStep.ServerTls, flow.Error.Step);
    }

    [Fact]
    public async Task FailureThatIsRemembered_SparesTheHandshakeTheWaitButNotTheRequestItsOwnAttempt()
    {
        using var certificate = TestCertificate.Create("CN=server.example", ["asked.example"]);
        var port = FreePort();
        await using var proxy = await TestProxy.StartAsync();
        var (_, first) = await HandshakeAsync(proxy, $"127.0.0.1:{port}", "asked.example");
        Assert.StartsWith("HTTP/1.1 502 ", await GetAsync(first), StringComparison.Ordinal);

        // The server starts; the client's next request must reach it.
        await using var server = Server(certificate, port);
        var (_, second) = await HandshakeAsync(proxy, $"127.0.0.1:{port}", "asked.example");

        Assert.Contains("200 OK", await GetAsync(second), StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static RawServer Server(X509Certificate2 certificate, int port = 0) => new(
        async peer =>
        {
            while (await peer.ReadHeadAsync() is { Length: > 0 })
            {
                await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
            }
        },
        RawServer.Tls(certificate, SslApplicationProtocol.Http11),
        port);

    private static async Task<(X509Certificate2 Leaf, RawPeer Peer)> HandshakeAsync(TestProxy proxy, string authority, string? sni, params SslApplicationProtocol[] alpn)
    {
        var peer = await proxy.TunnelAsync(authority);
        X509Certificate2? leaf = null;
        var trusted = false;
        var tls = new SslStream(peer.Stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = sni ?? "",
            ApplicationProtocols = alpn.Length == 0 ? null : [.. alpn],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { TestProxy.Authority.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                leaf = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                trusted = sni is null ? (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == 0 : errors == SslPolicyErrors.None;
                return true;
            },
        });
        Assert.True(trusted);
        return (leaf!, new RawPeer(tls, peer.Socket));
    }

    private static async Task<string> GetAsync(RawPeer peer)
    {
        await peer.SendAsync("GET / HTTP/1.1\r\nHost: asked.example\r\n\r\n");
        return await peer.ReadHeadAsync();
    }

    private static string[] Names(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        return [.. extension.EnumerateDnsNames(), .. extension.EnumerateIPAddresses().Select(address => address.ToString())];
    }
}
