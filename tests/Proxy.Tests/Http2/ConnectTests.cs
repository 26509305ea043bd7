using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>CONNECT over HTTP/2: tunnels (RFC 9113, section 8.5), WebSockets and other protocols (RFC 8441).</summary>
public sealed class ConnectTests
{
    private const string Upgrade = "GET /chat?x HTTP/1.1\r\nHost: x.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nOrigin: https://x.test\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: a, b\r\n\r\n";

    private static readonly (Http2Setting, uint) Allowed = (Http2Setting.EnableConnectProtocol, 1);

    private static (string Name, string Value)[] Extended(string protocol) =>
        [(":method", "CONNECT"), (":protocol", protocol), (":scheme", "https"), (":path", "/chat"), (":authority", "x.test"), ("sec-websocket-version", "13")];

    [Fact]
    public async Task WebSocket_FromHttp1ToAServerThatSpeaksHttp2Alone_IsAnExtendedConnect()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(
            async peer =>
            {
                var head = await peer.NextAsync();
                Assert.False(head.EndsStream);
                var text = peer.Decode(head);
                await peer.HeadersAsync(1, false, (":status", "200"), ("sec-websocket-protocol", "b"));
                await peer.DataAsync(1, false, "server's bytes");
                seen.TrySetResult(text + (await peer.NextAsync()).Text);
                await peer.DataAsync(1, true, "");
                Assert.True((await peer.NextAsync()).EndsStream);
                await peer.ReadAsync();
            },
            Allowed);
        await using var proxy = await TestProxy.StartAsync();
        var (client, _) = await proxy.SecureAsync(server.Authority, "127.0.0.1");
        await client.SendAsync(Upgrade);

        // The key's answer is the one of RFC 6455, section 1.3.
        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nsec-websocket-protocol: b\r\n\r\n",
            await client.ReadHeadAsync());
        Assert.Equal("server's bytes", await client.ReadAsync(14));
        await client.SendAsync("client's bytes");
        Assert.Equal(
            ":method: CONNECT\n:protocol: websocket\n:scheme: https\n:path: /chat?x\n:authority: x.test\norigin: https://x.test\nsec-websocket-version: 13\nsec-websocket-protocol: a, b\nclient's bytes",
            await seen.Task);
        Assert.Equal("", await client.ReadToEndAsync());
        client.Dispose();
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.WebSocket, "wss", FlowState.Done), (flow.Kind, flow.Scheme, flow.State));
        Assert.Equal((200, "HTTP/2", "HTTP/1.1"), (flow.Response!.Status, flow.Response.Version, flow.Request!.Version));
        Assert.Equal("client's bytes", Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Request)));
    }

    [Fact]
    public async Task WebSocket_RefusedOverHttp2_PassesTheRefusalOn()
    {
        var ended = new TaskCompletionSource<bool>();
        await using var server = FramePeer.Serve(
            async peer =>
            {
                await peer.HeadAsync();
                await peer.HeadersAsync(1, false, (":status", "403"), ("content-length", "2"));
                await peer.DataAsync(1, true, "no");
                ended.TrySetResult((await peer.NextAsync()).EndsStream);
                await peer.ReadAsync();
            },
            Allowed);
        await using var proxy = await TestProxy.StartAsync();
        var (client, _) = await proxy.SecureAsync(server.Authority, "127.0.0.1");
        await client.SendAsync(Upgrade);

        Assert.StartsWith("HTTP/1.1 403 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("no", await client.ReadAsync(2));
        Assert.True(await ended.Task);
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
    }

    [Fact]
    public async Task WebSocket_ToAServerThatDoesNotAllowIt_GivesAnExplained502()
    {
        await using var server = FramePeer.Serve(async peer =>
        {
            while (await peer.ReadAsync() is { } frame)
            {
                Assert.NotEqual(FrameType.Headers, frame.Type);
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        var (client, _) = await proxy.SecureAsync(server.Authority, "127.0.0.1");
        await client.SendAsync(Upgrade);

        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Contains("RFC 8441", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("connect-udp")]
    public async Task ExtendedConnect_WhereTheServerAllowsIt_PassesAsItIs(string protocol)
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(
            async peer =>
            {
                var text = await peer.HeadAsync();
                await peer.HeadersAsync(1, false, (":status", "200"), ("x", "1"));
                seen.TrySetResult(text + (await peer.NextAsync()).Text);
                await peer.DataAsync(1, false, "down");
                Assert.True((await peer.NextAsync()).EndsStream);
                await peer.DataAsync(1, true, " and out");
                await peer.ReadAsync();
            },
            Allowed);
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.HeadersAsync(1, false, Extended(protocol));

        Assert.Equal(":status: 200\nx: 1\n", await client.HeadAsync());
        await client.DataAsync(1, false, "up");
        Assert.Equal(string.Concat(Extended(protocol).Select(field => $"{field.Name}: {field.Value}\n")) + "up", await seen.Task);
        Assert.Equal("down", (await client.NextAsync()).Text);

        // Half-closed: what the server still has to say comes (RFC 8441, section 5).
        await client.DataAsync(1, true, "");
        Assert.Equal(" and out", await client.BodyAsync());
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((protocol == "websocket" ? FlowKind.WebSocket : FlowKind.Http, FlowState.Done), (flow.Kind, flow.State));
        Assert.Equal("down and out", Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Response)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WebSocket_OverHttp2BrokenOff_BreaksTheOtherSideOff(bool byClient)
    {
        var seen = new TaskCompletionSource<FramePeer.Frame>();
        await using var server = FramePeer.Serve(
            async peer =>
            {
                await peer.HeadAsync();
                await peer.HeadersAsync(1, false, (":status", "200"));
                if (!byClient)
                {
                    await peer.ResetAsync(1, Http2ErrorCode.Cancel);
                }

                seen.TrySetResult(await peer.NextAsync());
            },
            Allowed);
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.HeadersAsync(1, false, Extended("websocket"));
        await client.HeadAsync();
        if (byClient)
        {
            await client.ResetAsync(1, Http2ErrorCode.Cancel);
            Assert.Equal(FrameType.ResetStream, (await seen.Task.WaitAsync(TimeSpan.FromSeconds(20))).Type);
        }
        else
        {
            var reset = await client.NextAsync();
            Assert.Equal((FrameType.ResetStream, Http2ErrorCode.Cancel), (reset.Type, reset.Code));
        }

        Assert.Equal(FlowState.Error, (await proxy.Sink.NextAsync()).State);
    }

    [Fact]
    public async Task WebSocket_FromHttp2ToHttp1_HalfClosePasses()
    {
        await using var server = new RawServer(
            async peer =>
            {
                var head = await peer.ReadHeadAsync();
                Assert.Contains("Upgrade: websocket", head, StringComparison.Ordinal);
                await peer.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
                var all = await peer.ReadToEndAsync(); // Only a half-close ends this.
                await peer.SendAsync($"got {all}");
            },
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.HeadersAsync(1, false, Extended("websocket"));

        Assert.StartsWith(":status: 200\n", await client.HeadAsync(), StringComparison.Ordinal);
        await client.DataAsync(1, true, "everything");
        Assert.Equal("got everything", await client.BodyAsync());
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
    }

    [Fact]
    public async Task WebSocket_FromHttp2ToHttp1_ResetPasses()
    {
        var ended = new TaskCompletionSource<Exception?>();
        await using var server = new RawServer(
            async peer =>
            {
                await peer.ReadHeadAsync();
                await peer.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
                ended.TrySetResult(await Record.ExceptionAsync(peer.ReadToEndAsync));
            },
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.HeadersAsync(1, false, Extended("websocket"));
        await client.HeadAsync();

        await client.ResetAsync(1, Http2ErrorCode.Cancel);

        Assert.IsType<IOException>(await ended.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(FlowState.Error, (await proxy.Sink.NextAsync()).State);
    }

    [Fact]
    public async Task Connect_ToTheProxyOverHttp2_WhoseServerCannotBeReached_IsReset()
    {
        int port;
        await using (var gone = new RawServer(_ => Task.CompletedTask))
        {
            port = gone.Port;
        }

        await using var proxy = await TestProxy.StartAsync();
        var socket = await proxy.ConnectAsync();
        using var outer = new MultiplexedTunnels(socket);
        await outer.StartAsync();
        var tunnel = await outer.OpenAsync(1, $"127.0.0.1:{port}");
        await tunnel.WriteAsync("\x01hello\n"u8.ToArray());

        var broken = await Assert.ThrowsAsync<IOException>(async () => await tunnel.ReadExactlyAsync(new byte[1]));
        Assert.Contains(nameof(Http2ErrorCode.ConnectError), broken.Message, StringComparison.Ordinal);
        Assert.Equal(FlowStep.Connect, (await proxy.Sink.NextAsync()).Error!.Step);
    }

    [Fact]
    public async Task OtherProtocol_ToAServerThatSpeaksHttp1_GivesAnExplained502()
    {
        await using var server = new RawServer(
            async peer => await peer.ReadToEndAsync(),
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.HeadersAsync(1, false, Extended("connect-udp"));

        Assert.StartsWith(":status: 502\n", await client.HeadAsync(), StringComparison.Ordinal);
        Assert.Contains("can only go over HTTP/2", await client.BodyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ToTheProxyOverHttp2_IsATunnelThatIsLookedInto()
    {
        await using var plain = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain");
        });
        await using var secure = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.HeadersAsync(1, false, (":status", "200"));
            await peer.DataAsync(1, true, "secure");
            await peer.ReadAsync();
        });
        await using var other = new RawServer(async peer =>
        {
            await peer.SendAsync($"220 {await peer.ReadUntilAsync("\n")}");
            await peer.SendAsync($"end of {await peer.ReadToEndAsync()}");
        });
        await using var proxy = await TestProxy.StartAsync();
        var socket = await proxy.ConnectAsync();
        using var outer = new MultiplexedTunnels(socket);
        await outer.StartAsync();

        // HTTP inside.
        var first = await outer.OpenAsync(1, plain.Authority);
        await first.WriteAsync("GET /in HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var reader = new RawPeer(first, socket.Socket);
        Assert.EndsWith("\r\n\r\n", await reader.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("plain", await reader.ReadAsync(5));

        Assert.Equal(("/in", "http", FlowKind.Http), await NextAsync(proxy));

        // TLS with HTTP/2 inside, ended by the proxy like any other.
        var second = await outer.OpenAsync(3, secure.Authority);
        await using var tls = new SslStream(second);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Issuer == TestProxy.Authority.Certificate.Subject,
        });
        using var inner = new FramePeer(tls, isServer: false);
        await inner.StartAsync();
        await inner.GetAsync(1);
        Assert.Equal(":status: 200\n", await inner.HeadAsync());
        Assert.Equal("secure", await inner.BodyAsync());
        Assert.Equal(("/", "https", FlowKind.Http), await NextAsync(proxy));

        // Something else inside, with a half-close.
        var third = await outer.OpenAsync(5, other.Authority);
        await third.WriteAsync("\x01hello\n"u8.ToArray());
        var bytes = new RawPeer(third, socket.Socket);
        Assert.Equal("220 \x01hello\n", await bytes.ReadUntilAsync("\n"));
        await third.WriteAsync("that"u8.ToArray());
        await outer.EndAsync(5);
        Assert.Equal("end of that", await bytes.ReadToEndAsync());
        Assert.Equal(("/", "tcp", FlowKind.Tcp), await NextAsync(proxy));
    }

    [Fact]
    public async Task Connect_InAnInterceptedConnection_GoesToTheServer()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(async peer =>
        {
            var text = await peer.HeadAsync();
            await peer.HeadersAsync(1, false, (":status", "200"));
            seen.TrySetResult(text + (await peer.NextAsync()).Text);
            await peer.DataAsync(1, true, "back");
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.HeadersAsync(1, false, (":method", "CONNECT"), (":authority", "inner.test:25"), ("proxy-authorization", "x"));

        Assert.Equal(":status: 200\n", await client.HeadAsync());
        await client.DataAsync(1, true, "forth");
        Assert.Equal(":method: CONNECT\n:authority: inner.test:25\n!proxy-authorization: x\nforth", await seen.Task);
        Assert.Equal("back", await client.BodyAsync());
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
    }

    private static async Task<(string Path, string Scheme, FlowKind Kind)> NextAsync(TestProxy proxy)
    {
        var flow = await proxy.Sink.NextAsync();
        Assert.Null(flow.Error);
        return (flow.Path is "" ? "/" : flow.Path, flow.Scheme, flow.Kind);
    }
}
