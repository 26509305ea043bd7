using System.Net;
using System.Net.Sockets;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>Whatever goes wrong, the client is told in words or by a broken connection, and the flow says the same.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task UnknownName_Gives502ThatNamesTheLookUp()
    {
        await using var proxy = await TestProxy.StartAsync();
        var (head, body, flow) = await AskAsync(proxy, "GET http://no-such-name.invalid/ HTTP/1.1\r\nHost: no-such-name.invalid\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502 ", head, StringComparison.Ordinal);
        Assert.Contains("name look-up (DNS)", body, StringComparison.Ordinal);
        Assert.Contains("no-such-name.invalid", body, StringComparison.Ordinal);
        Assert.Equal(FlowStep.Dns, flow.Error!.Step);
        Assert.Equal(FlowState.Error, flow.State);
        Assert.Null(flow.Response);
    }

    [Fact]
    public async Task NothingListens_Gives502ThatNamesTheRefusal()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // Bound but not listening: nobody else can take the port.
        var port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        await using var proxy = await TestProxy.StartAsync();

        var (head, body, flow) = await AskAsync(proxy, $"GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502 ", head, StringComparison.Ordinal);
        Assert.Contains("refused the connection", body, StringComparison.Ordinal);
        Assert.Equal(FlowStep.Connect, flow.Error!.Step);
    }

    [Theory]
    [InlineData("wrong.example", 30, "is not for '127.0.0.1' but for wrong.example")]
    [InlineData("127.0.0.1", -1, "expired on")]
    [InlineData("127.0.0.1", 30, "self-signed")]
    public async Task UntrustedCertificate_Gives502InsideTheTunnelThatSaysWhy(string name, int daysLeft, string reason)
    {
        await using var server = new RawServer(
            peer => peer.ReadHeadAsync(),
            RawServer.Tls(RawServer.SelfSigned(name, DateTimeOffset.UtcNow.AddDays(daysLeft))));
        await using var proxy = await TestProxy.StartAsync(options => options with { SslInsecure = false });
        var (client, _) = await proxy.SecureAsync(server.Authority, "127.0.0.1");

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/html\r\n\r\n");

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Contains("--ssl-insecure", answer, StringComparison.Ordinal);
        Assert.Contains("<h1>", answer, StringComparison.Ordinal);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowStep.ServerTls, flow.Error!.Step);
        Assert.Contains(reason, flow.Error.Message, StringComparison.Ordinal);
        Assert.NotNull(flow.Server!.Tls!.CertificateError);
        Assert.NotEmpty(flow.Server.Tls.Certificates);
    }

    [Fact]
    public async Task ServerSpeaksNoTls_Gives502ThatSaysSo()
    {
        await using var server = new RawServer(async peer => await peer.SendAsync("SSH-2.0-x\r\n"));
        await using var proxy = await TestProxy.StartAsync();
        var (client, _) = await proxy.SecureAsync(server.Authority, "127.0.0.1");

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Contains("does not speak TLS", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerClosesWithoutAnswer_Gives502()
    {
        await using var server = new RawServer(peer => peer.ReadHeadAsync());
        await using var proxy = await TestProxy.StartAsync();

        var (head, body, flow) = await AskAsync(proxy, $"GET http://{server.Authority}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502 ", head, StringComparison.Ordinal);
        Assert.Contains("before it had sent a response", body, StringComparison.Ordinal);
        Assert.Equal(FlowStep.Response, flow.Error!.Step);
    }

    [Theory]
    [InlineData("garbage\r\n\r\n", "instead of 'HTTP/'")]
    [InlineData("HTTP/1.1 xyz OK\r\n\r\n", "no status code")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "both Content-Length and Transfer-Encoding")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "two different Content-Lengths")]
    public async Task UnreadableResponse_Gives502ThatSaysWhy(string answer, string reason)
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync(answer);
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();

        var (head, body, _) = await AskAsync(proxy, $"GET http://{server.Authority}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502 ", head, StringComparison.Ordinal);
        Assert.Contains(reason, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST http://{0}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "both Content-Length and Transfer-Encoding")]
    [InlineData("POST http://{0}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "does not end with 'chunked'")]
    [InlineData("GET ftp://{0}/ HTTP/1.1\r\nHost: x\r\n\r\n", "no address of the form")]
    [InlineData("GET http://{0}/ HTTP/3.0\r\nHost: x\r\n\r\n", "neither HTTP/1.1 nor HTTP/1.0")]
    [InlineData("hello\r\n\r\n", "no HTTP version")]
    [InlineData("CONNECT nowhere HTTP/1.1\r\n\r\n", "not host:port")]
    [InlineData("GET http://{0}/ HTTP/1.1\r\nX: \0\r\n\r\n", "NUL")]
    public async Task UnforwardableRequest_Gives400ThatSaysWhy(string request, string reason)
    {
        await using var server = new RawServer(peer => peer.ReadToEndAsync());
        await using var proxy = await TestProxy.StartAsync();

        var (head, body, flow) = await AskAsync(proxy, request.Replace("{0}", server.Authority, StringComparison.Ordinal));

        Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
        Assert.Contains(reason, body, StringComparison.Ordinal);
        Assert.Equal(FlowStep.Request, flow.Error!.Step);
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("5\nhello\r\n")]
    [InlineData("5\r\nhelloXX")]
    [InlineData("ffffffffffffffffff\r\n")]
    public async Task BadChunk_Gives400AndTheServerIsCutOff(string chunk)
    {
        var ended = new TaskCompletionSource<Exception?>();
        await using var server = new RawServer(async peer =>
        {
            try
            {
                await peer.ReadToEndAsync();
                ended.SetResult(null);
            }
            catch (IOException exception)
            {
                ended.SetResult(exception);
            }
        });
        await using var proxy = await TestProxy.StartAsync();

        var (head, _, flow) = await AskAsync(proxy, $"POST http://{server.Authority}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");

        Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
        Assert.Equal(FlowStep.Request, flow.Error!.Step);
        Assert.NotNull(await ended.Task.WaitAsync(TimeSpan.FromSeconds(10))); // A reset, so that it does not take the part for the whole.
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n")]
    public async Task TruncatedResponse_IsNeverPresentedAsComplete(string start)
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync(start + "some");
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        await Assert.ThrowsAsync<IOException>(client.ReadToEndAsync);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowState.Error, flow.State);
        Assert.Contains("broke off in the middle", flow.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("some", Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Response)));
    }

    [Fact]
    public async Task ClientResetsWhileWaiting_ServerIsToldAndTheFlowSaysSo()
    {
        var asked = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            asked.SetResult();
            try
            {
                await peer.ReadToEndAsync();
            }
            finally
            {
                ended.SetResult();
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await asked.Task;

        client.Socket.LingerState = new LingerOption(true, 0);
        client.Dispose();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal("The client closed the connection before the response had begun.", flow.Error!.Message);
    }

    [Fact]
    public async Task IdleConnectionDied_RequestGoesOverANewOne()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); // … and closes, although it did not say so.
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
            Assert.Equal("ok", await client.ReadAsync(2));
        }
    }

    [Fact]
    public async Task RequestToTheProxyItself_IsRefusedInsteadOfGoingRoundInCircles()
    {
        await using var proxy = await TestProxy.StartAsync();

        var (head, body, _) = await AskAsync(proxy, $"GET http://127.0.0.1:{proxy.Port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502 ", head, StringComparison.Ordinal);
        Assert.Contains("MitmWeb itself", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientThatDoesNotTrustTheCa_GetsAFlowThatSaysSo()
    {
        await using var server = new RawServer(peer => peer.ReadHeadAsync());
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);
        var tls = new System.Net.Security.SslStream(client.Stream);

        await Assert.ThrowsAsync<System.Security.Authentication.AuthenticationException>(() => tls.AuthenticateAsClientAsync("example.test"));
        client.Dispose();

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowKind.Tls, flow.Kind);
        Assert.Equal("example.test", flow.Host);
        Assert.Equal(FlowStep.ClientTls, flow.Error!.Step);
        Assert.Contains("trust", flow.Error.Message + flow.Error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TunnelWithNeitherTlsNorHttp_IsPassedOnAndRecorded()
    {
        await using var server = new RawServer(async peer =>
        {
            var line = await peer.ReadUntilAsync("\r\n");
            await peer.SendAsync($"+{line}");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync("PING\r\n");
        Assert.Equal("+PING\r\n", await client.ReadUntilAsync("\r\n"));
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await client.ReadToEndAsync());

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((FlowKind.Tcp, FlowState.Done, 6L, 7L), (flow.Kind, flow.State, flow.RequestBodySize, flow.ResponseBodySize));
    }

    private static async Task<(string Head, string Body, Flow Flow)> AskAsync(TestProxy proxy, string request)
    {
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(request);
        var head = await client.ReadHeadAsync();
        var body = await client.ReadToEndAsync();
        return (head, body, await proxy.Sink.NextAsync());
    }
}
