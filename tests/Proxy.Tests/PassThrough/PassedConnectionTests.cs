using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.PassThrough;

public sealed class PassedConnectionTests : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = RawServer.SelfSigned("api.test");
    private readonly RawServer _server;

    public PassedConnectionTests() => _server = new RawServer(
        async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        },
        RawServer.Tls(_certificate));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData("^127\\.0\\.0\\.1:")]
    [InlineData("^api\\.test:")]
    public async Task IgnoredHost_GetsTheServersOwnCertificate_AndIsAFlowWithoutItsBytes(string pattern)
    {
        await using var proxy = await TestProxy.StartAsync(options => options with { IgnoreHosts = [pattern] });
        Assert.Equal(_certificate.Thumbprint, await GetAsync(proxy));

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowKind.PassedThrough, flow.Kind);
        Assert.Equal(FlowState.Done, flow.State);
        Assert.Contains(pattern, flow.PassThroughReason, StringComparison.Ordinal);
        Assert.Equal("api.test", flow.Client.Tls?.Sni);
        Assert.True(flow.RequestBodySize > 100 && flow.ResponseBodySize > 100);
        Assert.Empty(proxy.Sink.Body(flow, MessageSide.Request));
        Assert.Empty(proxy.Sink.Body(flow, MessageSide.Response));
    }

    [Fact]
    public async Task AllowedHosts_OthersPass()
    {
        await using var proxy = await TestProxy.StartAsync(options => options with { AllowHosts = ["^www\\.test:"] });
        Assert.Equal(_certificate.Thumbprint, await GetAsync(proxy));
        Assert.NotEqual(_certificate.Thumbprint, await GetAsync(proxy, "www.test"));
    }

    [Fact]
    public async Task IgnoredHostsAreNotShown_ThereIsNoFlow()
    {
        await using var proxy = await TestProxy.StartAsync(options => options with { IgnoreHosts = ["api\\.test"], ShowIgnoredHosts = false });
        Assert.Equal(_certificate.Thumbprint, await GetAsync(proxy));
        await GetAsync(proxy, "www.test");
        Assert.Equal(FlowKind.Http, (await proxy.Sink.NextAsync()).Kind);
        Assert.Single(proxy.Sink.Ended);
    }

    [Fact]
    public async Task PlainHttpInATunnel_IsPassedToo()
    {
        await using var plain = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { AllowHosts = ["elsewhere"] });
        using var client = await proxy.TunnelAsync(plain.Authority);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.EndsWith("ok", await client.ReadUntilAsync("ok"), StringComparison.Ordinal);
        client.Dispose();
        Assert.Equal(FlowKind.PassedThrough, (await proxy.Sink.NextAsync()).Kind);
    }

    [Fact]
    public async Task ClientThatRejects_IsPassedThroughAfterAsManyTimesAsAsked()
    {
        await using var proxy = await TestProxy.StartAsync(options => options with { PassThroughAfter = 2 });
        for (var i = 0; i < 2; i++)
        {
            await RejectAsync(proxy);
            var rejected = await proxy.Sink.NextAsync();
            Assert.Equal(FlowKind.Tls, rejected.Kind);
            Assert.Equal(FlowStep.ClientTls, rejected.Error?.Step);
        }

        Assert.Equal("api.test", Assert.Single(proxy.Server.PassThrough.Entries).Host);
        Assert.Equal(_certificate.Thumbprint, await GetAsync(proxy));
        Assert.Contains("2 times", (await proxy.Sink.NextAsync()).PassThroughReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientThatRejectsOneHostAndAcceptsAnother_IsSaidToPin()
    {
        await using var proxy = await TestProxy.StartAsync();
        await GetAsync(proxy, "www.test");
        await proxy.Sink.NextAsync();
        await RejectAsync(proxy);
        var flow = await proxy.Sink.NextAsync();
        Assert.Contains("pins", flow.Error?.Message, StringComparison.Ordinal);
        Assert.Contains("Pass api.test through", flow.Error?.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "most likely it pins the server's certificate, or it does not trust MitmWeb's CA")]
    [InlineData(true, "although it accepts MitmWeb's certificates elsewhere: the app there probably pins")]
    public async Task ClientThatLeavesAfterTheHandshake_IsSaidToHaveDoneSo(bool hasAccepted, string words)
    {
        await using var proxy = await TestProxy.StartAsync();
        if (hasAccepted)
        {
            await GetAsync(proxy, "www.test");
            await proxy.Sink.NextAsync();
        }

        using (var peer = await proxy.TunnelAsync(_server.Authority))
        {
            await using var tls = new SslStream(peer.Stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync("api.test");
            await tls.ShutdownAsync();
        }

        var flow = await proxy.Sink.NextAsync();
        Assert.Contains("completed the TLS handshake for api.test and then closed", flow.Error?.Message, StringComparison.Ordinal);
        Assert.Contains(words, flow.Error?.Message, StringComparison.Ordinal);
        Assert.Contains("api.test through unread", flow.Error?.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejections_AreListedUntilTheClientAccepts()
    {
        await using var proxy = await TestProxy.StartAsync();
        var changes = 0;
        proxy.Server.Changed += () => Interlocked.Increment(ref changes);
        var flows = new List<Flow>();
        foreach (var host in new[] { "api.test", "api.test", "www.test" })
        {
            await RejectAsync(proxy, host);
            flows.Add(await proxy.Sink.NextAsync());
        }

        Assert.Equal(["www.test", "api.test"], proxy.Server.Rejections.Select(one => one.Host));
        var newest = proxy.Server.Rejections[0];
        Assert.Equal((flows[2].Id, flows[2].Error!.Message, true), (newest.FlowId, newest.Message, newest.SawCertificate));

        await GetAsync(proxy, "www.test");
        Assert.Equal(["api.test"], proxy.Server.Rejections.Select(one => one.Host));
        Assert.True(changes > 0);
    }

    [Fact]
    public async Task ClientThatUsesOneOfTwoConnections_HasNotRejectedTheOther()
    {
        await using var proxy = await TestProxy.StartAsync(options => options with { PassThroughAfter = 1 });
        using (var peer = await proxy.TunnelAsync(_server.Authority))
        {
            await using var unused = new SslStream(peer.Stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await unused.AuthenticateAsClientAsync("api.test");
            await unused.ShutdownAsync();
        }

        await GetAsync(proxy);
        Assert.Equal(FlowKind.Http, (await proxy.Sink.NextAsync()).Kind);

        // The judgement is made a second after the end; when it has been made for this one, it has for the other.
        using (var peer = await proxy.TunnelAsync(_server.Authority))
        {
            await using var unused = new SslStream(peer.Stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await unused.AuthenticateAsClientAsync("other.test");
            await unused.ShutdownAsync();
        }

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Tls, "other.test"), (flow.Kind, flow.Host));
        Assert.Equal("other.test", Assert.Single(proxy.Server.PassThrough.Entries).Host);
    }

    /// <summary>Asks through a tunnel to the server.</summary>
    /// <returns>The thumbprint of the certificate that the client saw.</returns>
    private async Task<string> GetAsync(TestProxy proxy, string serverName = "api.test")
    {
        using var peer = await proxy.TunnelAsync(_server.Authority);
        await using var tls = new SslStream(peer.Stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(serverName);
        var inner = new RawPeer(tls, peer.Socket);
        await inner.SendAsync("GET / HTTP/1.1\r\nHost: api.test\r\n\r\n");
        await inner.ReadUntilAsync("hello");
        return new X509Certificate2(tls.RemoteCertificate!).Thumbprint;
    }

    private async Task RejectAsync(TestProxy proxy, string serverName = "api.test")
    {
        using var peer = await proxy.TunnelAsync(_server.Authority);
        await using var tls = new SslStream(peer.Stream, leaveInnerStreamOpen: false, (_, _, _, _) => false);
        await Assert.ThrowsAsync<AuthenticationException>(() => tls.AuthenticateAsClientAsync(serverName));
    }
}
