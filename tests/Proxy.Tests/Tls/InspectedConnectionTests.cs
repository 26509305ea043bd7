using System.Net.Security;
using System.Security.Authentication;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;
using MitmWeb.Proxy.Tls;

namespace MitmWeb.Proxy.Tests.Tls;

/// <summary>What flows say of the handshakes on both sides, with real clients and servers.</summary>
public sealed class InspectedConnectionTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    [Theory]
    [InlineData(SslProtocols.Tls12, "TLS 1.2")]
    [InlineData(SslProtocols.Tls13, "TLS 1.3")]
    public async Task Exchange_OverTls_TellsBothHandshakes(SslProtocols protocol, string version)
    {
        var options = RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11);
        options.EnabledSslProtocols = protocol;
        await using var server = new RawServer(AnswerAsync, options);
        await using var proxy = await TestProxy.StartAsync();

        var flow = await ExchangeAsync(proxy, server);

        var client = flow.Client.Tls!;
        Assert.Equal("TLS 1.3", client.Version);
        Assert.Equal(false, client.Resumed);
        Assert.NotNull(client.KeyExchangeGroup);
        Assert.NotNull(flow.Client.TlsDuration);
        Assert.Equal("a.example", ClientHelloAnatomy.Read(client.ClientHello)!.ServerName);
        Assert.StartsWith("t13d", Ja4.Of(ClientHelloAnatomy.Read(client.ClientHello)!), StringComparison.Ordinal);

        var upstream = flow.Server!.Tls!;
        Assert.Equal(version, upstream.Version);
        Assert.NotNull(upstream.KeyExchangeGroup);
        Assert.Equal(false, upstream.Resumed);
        var answer = ServerHelloAnatomy.Read(upstream.ServerHello)!;
        Assert.Equal((version, upstream.CipherSuite), (TlsRegistry.Version(answer.Version), TlsRegistry.CipherSuite(answer.CipherSuite)));
        Assert.NotNull(ClientHelloAnatomy.Read(upstream.ClientHello));

        // The server's certificate is self-signed, and taken all the same.
        Assert.Contains("self-signed", upstream.CertificateError, StringComparison.Ordinal);
        Assert.Contains("UntrustedRoot", Assert.Single(upstream.Verification!.Path).Problems);
        Assert.Null(upstream.ServerAlert);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task SecondConnection_SameServer_SaysWhetherItsSessionWasTakenUp(SslProtocols protocol)
    {
        var options = RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11);
        options.EnabledSslProtocols = protocol;
        await using var server = new RawServer(AnswerAsync, options);
        await using var proxy = await TestProxy.StartAsync();
        await ExchangeAsync(proxy, server);

        var second = (await ExchangeAsync(proxy, server)).Server!.Tls!;

        // Whether the platform takes sessions up again is its own affair; what is said of it must be what was on the wire.
        var hello = ServerHelloAnatomy.Read(second.ServerHello)!;
        var expected = protocol == SslProtocols.Tls13
            ? hello.HasPreSharedKey
            : hello.SessionId.Count > 0 && hello.SessionId.SequenceEqual(ClientHelloAnatomy.Read(second.ClientHello)!.SessionId);
        Assert.Equal(expected, second.Resumed);
    }

    [Fact]
    public async Task ClientRefusesCertificate_FlowHasItsHelloAndAlert()
    {
        await using var server = new RawServer(AnswerAsync, RawServer.Tls(RawServer.SelfSigned("127.0.0.1")));
        await using var proxy = await TestProxy.StartAsync();
        using var peer = await proxy.TunnelAsync(server.Authority);
        await peer.Stream.WriteAsync(TlsFixtures.Read("Hellos/curl-http1-tls12.bin"));
        await peer.ReadAsync(5);

        // The client has seen the certificate: unknown_ca, in clear as TLS 1.2 sends it.
        await peer.Stream.WriteAsync(new byte[] { 21, 3, 3, 0, 2, 2, 48 });

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowKind.Tls, flow.Kind);
        var tls = flow.Client.Tls!;
        Assert.Equal(TlsFixtures.Hello("curl-http1-tls12"), tls.ClientHello);
        Assert.Equal(("", "unknown_ca (48)", null), (tls.Version, tls.ClientAlert, tls.ServerAlert));
        Assert.NotEmpty(tls.Certificates);
        Assert.Equal("TLS 1.2", TlsRegistry.Version(ServerHelloAnatomy.Read(tls.ServerHello)!.Version));
        Assert.NotNull(tls.KeyExchangeGroup);
    }

    [Fact]
    public async Task ServerEndsHandshakeWithAlert_FlowHasItAndOurHello()
    {
        // An alert in clear: handshake_failure.
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadAsync(5);
            await peer.Stream.WriteAsync(new byte[] { 21, 3, 3, 0, 2, 2, 40 });
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();

        var flow = await ExchangeAsync(proxy, server);

        Assert.Equal(FlowStep.ServerTls, flow.Error!.Step);
        Assert.Equal("handshake_failure (40)", flow.Server!.Tls!.ServerAlert);
        Assert.Equal("", flow.Server.Tls.Version);
        Assert.NotNull(flow.Server.TlsDuration);
        Assert.NotNull(ClientHelloAnatomy.Read(flow.Server.Tls.ClientHello));
    }

    [Fact]
    public async Task ServerNotTrusted_ClientOfHttp2_FlowHasTheServersSide()
    {
        await using var server = new RawServer(AnswerAsync, RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http2));
        await using var proxy = await TestProxy.StartAsync(options => options with { SslInsecure = false });
        using var client = proxy.Client(new Version(2, 0));

        using var response = await client.GetAsync(new Uri($"https://{server.Authority}/"));

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowStep.ServerTls, flow.Error!.Step);
        Assert.NotEmpty(flow.Server!.Tls!.Certificates);
        Assert.NotNull(flow.Server.Tls.ServerHello);
        Assert.Contains("UntrustedRoot", flow.Server.Tls.Verification!.Path.SelectMany(step => step.Problems));
        Assert.NotNull(flow.Timings.TlsStart);
    }

    private static async Task AnswerAsync(RawPeer peer)
    {
        await peer.ReadHeadAsync();
        await peer.SendAsync(Answer);
    }

    private static async Task<Flow> ExchangeAsync(TestProxy proxy, RawServer server)
    {
        var (peer, _) = await proxy.SecureAsync(server.Authority, "a.example", SslApplicationProtocol.Http11);
        using (peer)
        {
            await peer.SendAsync($"GET / HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n\r\n");
            await peer.ReadToEndAsync();
            return await proxy.Sink.NextAsync();
        }
    }
}
