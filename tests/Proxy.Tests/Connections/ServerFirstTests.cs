using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Connections;

/// <summary>Tunnels in which the client does not speak first.</summary>
public sealed class ServerFirstTests
{
    private const string Greeting = "220 mail.test ESMTP\r\n";

    [Fact]
    public async Task Tunnel_ServerThatGreetsFirst_IsPassedThroughAndRecorded()
    {
        await using var server = new RawServer(MailServer);
        await using var proxy = await StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await SendMailAsync(client);

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Tcp, FlowState.Done, "tcp", server.Port), (flow.Kind, flow.State, flow.Scheme, flow.Port));
        Assert.Equal(Greeting + "250 mail.test\r\n221 bye\r\n", Text(proxy, flow, MessageSide.Response));
        Assert.Equal("EHLO client.test\r\nQUIT\r\n", Text(proxy, flow, MessageSide.Request));
        Assert.NotNull(flow.Server!.RemoteEndPoint);
        Assert.NotNull(flow.Timings.ConnectEnd);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task TlsTunnel_ServerThatGreetsFirst_IsPassedThroughInTlsOnBothSides()
    {
        await using var server = new RawServer(MailServer, RawServer.Tls(RawServer.SelfSigned("127.0.0.1")));
        await using var proxy = await StartAsync();
        var (client, tls) = await proxy.SecureAsync(server.Authority, "127.0.0.1");
        using var owned = client;
        await using var ownedTls = tls;

        await SendMailAsync(client);

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Tcp, FlowState.Done), (flow.Kind, flow.State));
        Assert.StartsWith(Greeting, Text(proxy, flow, MessageSide.Response), StringComparison.Ordinal);
        Assert.NotNull(flow.Server!.Tls);
    }

    [Fact]
    public async Task Tunnel_BothSilentThenClientHello_IsInterceptedAsUsual()
    {
        await using var upstream = await KestrelUpstream.StartAsync(HttpProtocols.Http1);
        await using var proxy = await StartAsync();
        using var client = await proxy.TunnelAsync($"localhost:{upstream.Port}");
        StaySilent(client);

        await using var tls = new SslStream(client.Stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });
        using var secure = new RawPeer(tls, client.Socket);
        await secure.SendAsync("GET /protocol HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", await secure.ReadHeadAsync(), StringComparison.Ordinal);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Http, "https", 200), (flow.Kind, flow.Scheme, flow.Response!.Status));
        Assert.Single(proxy.Sink.Ended);
    }

    [Fact]
    public async Task Tunnel_BothSilentThenHttp_IsAnExchangeAndTheSpareConnectionIsClosed()
    {
        var spareEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async peer =>
        {
            try
            {
                await peer.ReadHeadAsync();
            }
            catch (EndOfStreamException)
            {
                spareEnded.TrySetResult();
                return;
            }

            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);
        await WaitUntilAsync(() => server.Connections == 1);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 204 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await spareEnded.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(FlowKind.Http, (await proxy.Sink.NextAsync()).Kind);
    }

    [Fact]
    public async Task Tunnel_BothSilentThenUnknownBytes_UsesTheConnectionThatStands()
    {
        await using var server = new RawServer(async peer => await peer.SendAsync("+" + await peer.ReadAsync(3)));
        await using var proxy = await StartAsync();

        // The server may have accepted before the proxy knows that its connection stands: then it opens another.
        for (var attempt = 1; ; attempt++)
        {
            var before = server.Connections;
            using var client = await proxy.TunnelAsync(server.Authority);
            await WaitUntilAsync(() => server.Connections == before + 1);

            await client.SendAsync("\u0001\u0002\u0003");

            Assert.Equal("+\u0001\u0002\u0003", await client.ReadAsync(4));
            if (server.Connections == before + 1)
            {
                return;
            }

            Assert.NotEqual(10, attempt);
        }
    }

    [Fact]
    public async Task Tunnel_SilentClientAndServerThatCannotBeReached_EndsWithTheReason()
    {
        // Bound, so that nobody else gets the port, but not listening.
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var proxy = await StartAsync();
        using var client = await proxy.TunnelAsync(nobody.LocalEndPoint!.ToString()!);

        // A reset, because the tunnel was promised and there is none.
        await Assert.ThrowsAsync<IOException>(client.ReadToEndAsync);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Tcp, FlowStep.Connect), (flow.Kind, flow.Error!.Step));
    }

    private static async Task MailServer(RawPeer peer)
    {
        await peer.SendAsync(Greeting);
        Assert.Equal("EHLO client.test\r\n", await peer.ReadUntilAsync("\r\n"));
        await peer.SendAsync("250 mail.test\r\n");
        Assert.Equal("QUIT\r\n", await peer.ReadUntilAsync("\r\n"));
        await peer.SendAsync("221 bye\r\n");
        if (peer.Stream is SslStream tls)
        {
            await tls.ShutdownAsync();
        }

        peer.Socket.Shutdown(SocketShutdown.Send);
        await peer.ReadToEndAsync();
    }

    private static async Task SendMailAsync(RawPeer client)
    {
        Assert.Equal(Greeting, await client.ReadUntilAsync("\r\n"));
        await client.SendAsync("EHLO client.test\r\n");
        Assert.Equal("250 mail.test\r\n", await client.ReadUntilAsync("\r\n"));
        await client.SendAsync("QUIT\r\n");
        Assert.Equal("221 bye\r\n", await client.ReadToEndAsync());
        if (client.Stream is SslStream tls)
        {
            await tls.ShutdownAsync();
        }

        client.Socket.Shutdown(SocketShutdown.Send);
    }

    private static Task<TestProxy> StartAsync() => TestProxy.StartAsync(options => options with { ServerFirstDelay = TimeSpan.FromMilliseconds(100) });

    private static string Text(TestProxy proxy, Flow flow, MessageSide side) => Encoding.Latin1.GetString(proxy.Sink.Body(flow, side));

    /// <summary>Neither side has said anything for longer than the proxy waits for the client alone.</summary>
    private static void StaySilent(RawPeer client) => Assert.False(client.Socket.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectRead));

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
