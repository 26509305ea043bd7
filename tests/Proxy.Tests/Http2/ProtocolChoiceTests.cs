using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>The options that keep a side to one version of HTTP.</summary>
public sealed class ProtocolChoiceTests
{
    private static readonly (string Name, string Value)[] Get = [(":method", "GET"), (":scheme", "http"), (":authority", "x.test"), (":path", "/")];

    [Theory]
    [InlineData(HttpVersions.Http1, HttpVersions.Both, "HTTP/1.1", "HTTP/1.1")]
    [InlineData(HttpVersions.Http2, HttpVersions.Both, "HTTP/2", "HTTP/2")]
    [InlineData(HttpVersions.Both, HttpVersions.Http1, "HTTP/1.1", "HTTP/1.1")]
    [InlineData(HttpVersions.Both, HttpVersions.Http2, "HTTP/2", "HTTP/2")]
    [InlineData(HttpVersions.Http1, HttpVersions.Http2, "HTTP/1.1", "HTTP/2")]
    [InlineData(HttpVersions.Http2, HttpVersions.Http1, "HTTP/2", "HTTP/1.1")]
    public async Task EachSide_SpeaksWhatItMay(HttpVersions client, HttpVersions upstream, string clientVersion, string serverVersion)
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1AndHttp2);
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientProtocols = client, UpstreamProtocols = upstream });
        using var asking = proxy.Client(HttpVersion.Version20);
        asking.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;

        for (var i = 0; i < 2; i++)
        {
            using var answer = await asking.PostAsync($"{server.Url}/protocol", new StringContent("x"));
            Assert.Equal(serverVersion, await answer.Content.ReadAsStringAsync());
            Assert.Equal(clientVersion == "HTTP/2" ? HttpVersion.Version20 : HttpVersion.Version11, answer.Version);
            var flow = await proxy.Sink.NextAsync();
            Assert.Equal((clientVersion, serverVersion), (flow.Request!.Version, flow.Response!.Version));
            Assert.Equal(serverVersion == "HTTP/2" ? "h2" : "http/1.1", flow.Server!.Tls!.Alpn);
        }
    }

    [Theory]
    [InlineData(HttpVersions.Http1, "h2", "--client-protocols http1")]
    [InlineData(HttpVersions.Http2, "http/1.1", "--client-protocols http2")]
    public async Task Client_ThatSpeaksTheOtherVersionAlone_FailsItsHandshakeAndTheFlowSaysWhy(HttpVersions allowed, string offer, string option)
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1AndHttp2);
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientProtocols = allowed });

        await Assert.ThrowsAsync<AuthenticationException>(() => proxy.SecureAsync($"localhost:{server.Port}", "localhost", new SslApplicationProtocol(offer)));

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Tls, FlowStep.ClientTls), (flow.Kind, flow.Error!.Step));
        Assert.Contains(option, flow.Error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientProtocolsHttp1_PriorKnowledge_IsAnsweredWith505()
    {
        await using var server = new RawServer(async peer => await peer.ReadToEndAsync());
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientProtocols = HttpVersions.Http1 });
        var tunnel = await proxy.TunnelAsync(server.Authority);
        using var client = new FramePeer(tunnel.Stream, isServer: false, tunnel.Socket);
        await client.StartAsync();
        await client.HeadersAsync(1, true, Get);

        Assert.StartsWith(":status: 505\n", await client.HeadAsync(), StringComparison.Ordinal);
        Assert.Contains("--no-http2", await client.BodyAsync(), StringComparison.Ordinal);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowStep.Request, flow.Error!.Step);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task ClientProtocolsHttp2_PlainHttp1_IsAnsweredWith505()
    {
        await using var server = new RawServer(async peer => await peer.ReadToEndAsync());
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientProtocols = HttpVersions.Http2 });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync($"GET http://{server.Authority}/ HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 505 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await client.ReadUntilAsync("--client-protocols http2");
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task UpstreamProtocolsHttp2_ServerThatDoesNotSpeakIt_GivesAnExplained502(string version)
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1);
        await using var proxy = await TestProxy.StartAsync(options => options with { UpstreamProtocols = HttpVersions.Http2 });
        using var client = proxy.Client(new Version(version));
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;

        for (var i = 0; i < 2; i++)
        {
            using var answer = await client.GetAsync($"{server.Url}/protocol");
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
            Assert.Contains("--upstream-protocols http2", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Contains("does not speak HTTP/2", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task UpstreamProtocolsHttp2_PlainServerThatDoesNotSpeakIt_GivesAnExplained502()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { UpstreamProtocols = HttpVersions.Http2 });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync($"GET http://{server.Authority}/ HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await client.ReadUntilAsync("--upstream-protocols http2");
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task UpstreamProtocolsHttp1_ServerThatSpeaksHttp2Alone_GivesAnExplained502(string version)
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http2);
        await using var proxy = await TestProxy.StartAsync(options => options with { UpstreamProtocols = HttpVersions.Http1 });
        using var client = proxy.Client(new Version(version));
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;

        using var answer = await client.GetAsync($"{server.Url}/protocol");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("--upstream-protocols http1", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("speaks HTTP/2 alone", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }
}
