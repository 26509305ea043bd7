using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Upstream;

/// <summary>Which client's requests go over which server connection.</summary>
public sealed class AffinityTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact]
    public async Task TwoClients_ByDefault_ShareAnIdleConnection() => Assert.Equal(["1.1", "1.2"], await AskTwiceAsync(null, Get));

    [Fact]
    public async Task TwoClients_UpstreamPerClient_HaveConnectionsOfTheirOwn() =>
        Assert.Equal(["1.1", "2.1"], await AskTwiceAsync(options => options with { UpstreamPerClient = true }, Get));

    [Theory]
    [InlineData("Negotiate YII=", "")]
    [InlineData("ntlm TlRMTVNTUAAB", "")]
    [InlineData("Basic dTpw", "WWW-Authenticate: Basic realm=x\r\nWWW-Authenticate: NTLM\r\n")]
    public async Task AuthenticatedConnection_IsNeverSharedWithAnotherClient(string authorization, string challenge) =>
        Assert.Equal(["1.1", "2.1"], await AskTwiceAsync(null, $"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n", challenge));

    [Fact]
    public async Task AuthenticatedConnection_ServesTheSameClientToItsEnd()
    {
        var connections = 0;
        await using var server = Server(() => Interlocked.Increment(ref connections), "WWW-Authenticate: Negotiate\r\n");
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        // The handshake's requests, and one without any sign of it: all belong to the connection that has been authenticated.
        Assert.Equal("1.1", await AskAsync(client, "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: NTLM TlRMTVNTUAAB\r\n\r\n"));
        Assert.Equal("1.2", await AskAsync(client, "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: NTLM TlRMTVNTUAAD\r\n\r\n"));
        Assert.Equal("1.3", await AskAsync(client, Get));
    }

    [Fact]
    public async Task ClientsOwnConnection_EndsWithTheClient()
    {
        var ended = new TaskCompletionSource();
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            await peer.ReadToEndAsync();
            ended.SetResult();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { UpstreamPerClient = true });
        var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync(Get);
        await client.ReadHeadAsync();

        client.Dispose();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Two clients ask one after the other; the answers are "connection.request" as the server counts them.</summary>
    private static async Task<List<string>> AskTwiceAsync(Func<ProxyOptions, ProxyOptions>? configure, string request, string headers = "")
    {
        var connections = 0;
        await using var server = Server(() => Interlocked.Increment(ref connections), headers);
        await using var proxy = await TestProxy.StartAsync(configure);
        var answers = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var client = await proxy.TunnelAsync(server.Authority);
            answers.Add(await AskAsync(client, request));
            await proxy.Sink.NextAsync();
        }

        return answers;
    }

    private static RawServer Server(Func<int> connect, string headers) => new(async peer =>
    {
        var connection = connect();
        for (var request = 1; ; request++)
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync($"HTTP/1.1 200 OK\r\n{headers}Content-Length: 3\r\n\r\n{connection}.{request}");
        }
    });

    private static async Task<string> AskAsync(RawPeer client, string request)
    {
        await client.SendAsync(request);
        await client.ReadHeadAsync();
        return await client.ReadAsync(3);
    }
}
