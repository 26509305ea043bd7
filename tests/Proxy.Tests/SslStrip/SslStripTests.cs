using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.SslStrip;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.SslStrip;

/// <summary>The SSL-strip test on the wire: a client that comes over http, and a server that speaks TLS alone.</summary>
public sealed class SslStripTests
{
    private readonly ConcurrentQueue<string> _requests = new();

    [Fact]
    public async Task NamedHost_PageComesThroughTls_AndGoesOnOverHttp()
    {
        await using var server = Server(port =>
            Answer($"<a href='https://localhost:{port}/in'><script src=https://localhost:{port}/a.js integrity='sha384-abc'></script><a href='https://elsewhere.test/'>"));
        var host = $"localhost:{server.Port}";
        await using var proxy = await StartAsync(host);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync(
            $"GET http://{host}/page HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nUpgrade-Insecure-Requests: 1\r\nIf-None-Match: \"a\"\r\nReferer: http://{host}/before\r\nOrigin: http://{host}\r\n\r\n");
        var (head, body) = await ReadAsync(client);

        Assert.Equal($"<a href='http://{host}/in'><script src=http://{host}/a.js></script><a href='https://elsewhere.test/'>", body);
        Assert.Contains($"Content-Length: {body.Length}\r\n", head, StringComparison.Ordinal);
        var request = Assert.Single(_requests);
        Assert.StartsWith("GET /page HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"Referer: https://{host}/before\r\nOrigin: https://{host}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Accept-Encoding: identity\r\n", request, StringComparison.Ordinal);
        Assert.DoesNotContain("Upgrade-Insecure", request, StringComparison.Ordinal);
        Assert.DoesNotContain("If-None-Match", request, StringComparison.Ordinal);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(("ssl-strip", "http", "TLS 1.3"), (flow.ModifiedBy, flow.Scheme, flow.Server!.Tls!.Version));
        Assert.Equal(body, Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Response)));
        Assert.Equal(FlowState.Done, flow.State);
    }

    [Fact]
    public async Task Headers_WhatBringsClientsBackToTls_IsTakenOut()
    {
        await using var server = Server(port =>
            "HTTP/1.1 302 Found\r\n"
            + $"Location: https://localhost:{port}/login\r\n"
            + "Strict-Transport-Security: max-age=31536000\r\nAlt-Svc: h3=\":443\"\r\n"
            + "Set-Cookie: id=1; Path=/; Secure; HttpOnly; SameSite=None\r\nX-Kept: yes\r\n"
            + "Content-Security-Policy: default-src https: 'self'; upgrade-insecure-requests\r\n"
            + "Content-Length: 0\r\n\r\n");
        var host = $"localhost:{server.Port}";
        await using var proxy = await StartAsync(host);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync($"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var head = await client.ReadHeadAsync();

        Assert.Equal(
            $"HTTP/1.1 302 Found\r\nLocation: http://{host}/login\r\nSet-Cookie: id=1; Path=/; HttpOnly\r\nX-Kept: yes\r\n"
            + "Content-Security-Policy: default-src https: http: 'self'\r\nContent-Length: 0\r\n\r\n",
            head);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br", false)]
    [InlineData("deflate", true)]
    public async Task Body_IsCompressedAllTheSame_IsDecodedAndChanged(string coding, bool chunked)
    {
        await using var server = Server(port =>
        {
            var body = Compress(coding, $"fetch('https://localhost:{port}/x')");
            var framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}";
            var wire = chunked ? $"{body.Length:x}\r\n{body}\r\n0\r\nChecksum: 1\r\n\r\n" : body;
            return $"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Encoding: {coding}\r\n{framing}\r\n\r\n{wire}";
        });
        var host = $"localhost:{server.Port}";
        await using var proxy = await StartAsync(host);
        using var client = await proxy.ConnectAsync();

        // Twice over one connection: the framing leaves nothing behind.
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"GET http://{host}/a.js HTTP/1.1\r\nHost: {host}\r\n\r\n");
            var (head, body) = await ReadAsync(client);

            Assert.Equal($"fetch('http://{host}/x')", body);
            Assert.DoesNotContain("Content-Encoding", head, StringComparison.Ordinal);
            Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("image/png", 40)]
    [InlineData("text/html", SslStripEdit.MaxBody + 100_000)]
    public async Task Body_OfAnotherKindOrTooLong_PassesUntouched(string type, int length)
    {
        await using var server = Server(port => $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n\r\n" + Long(port, length));
        var host = $"localhost:{server.Port}";
        await using var proxy = await StartAsync(host);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync($"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var (_, body) = await ReadAsync(client);

        Assert.Equal(Long(server.Port, length), body);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(length, proxy.Sink.Body(flow, MessageSide.Response).Length);

        static string Long(int port, int length) => $"https://localhost:{port}/".PadRight(length, 'x');
    }

    [Fact]
    public async Task HeadRequest_HasNoBodyToChange()
    {
        await using var server = Server(_ => "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1234\r\nStrict-Transport-Security: max-age=1\r\n\r\n");
        var host = $"localhost:{server.Port}";
        await using var proxy = await StartAsync(host);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync($"HEAD http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n");

        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1234\r\n\r\n", await client.ReadHeadAsync());
    }

    [Fact]
    public async Task UploadAndKeepAlive_GoOnAsEver()
    {
        await using var server = new RawServer(
            async peer =>
            {
                while (true)
                {
                    await peer.ReadHeadAsync();
                    var sent = await peer.ReadAsync(5);
                    await peer.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n{sent}");
                }
            },
            RawServer.Tls(RawServer.SelfSigned("localhost")));
        var host = $"localhost:{server.Port}";
        await using var proxy = await StartAsync(host);
        using var client = await proxy.ConnectAsync();

        foreach (var text in new[] { "hello", "world" })
        {
            await client.SendAsync($"POST http://{host}/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\n{text}");
            Assert.Equal(text, (await ReadAsync(client)).Body);
        }

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task WebSocket_PlainToTheClient_ThroughTlsToTheServer()
    {
        await using var server = new RawServer(
            async peer =>
            {
                await peer.ReadHeadAsync();
                await peer.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
                await peer.SendAsync(await peer.ReadAsync(4));
            },
            RawServer.Tls(RawServer.SelfSigned("localhost")));
        var host = $"localhost:{server.Port}";
        await using var proxy = await StartAsync(host);
        var client = await proxy.TunnelAsync(host);

        await client.SendAsync($"GET /live HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await client.SendAsync("ping");

        Assert.Equal("ping", await client.ReadAsync(4));
        client.Dispose();
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(("ws", "ssl-strip"), (flow.Scheme, flow.ModifiedBy));
    }

    [Fact]
    public async Task HostNotNamed_OrHttps_PassesUntouched()
    {
        await using var secure = Server(port => Answer($"https://localhost:{port}/"));
        await using var plain = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync(Answer($"https://localhost:{secure.Port}/"));
        });
        await using var proxy = await StartAsync($"localhost:{secure.Port}");

        using var other = await proxy.ConnectAsync();
        await other.SendAsync($"GET http://{plain.Authority}/ HTTP/1.1\r\nHost: {plain.Authority}\r\n\r\n");
        Assert.Equal($"https://localhost:{secure.Port}/", (await ReadAsync(other)).Body);

        var (client, tls) = await proxy.SecureAsync($"localhost:{secure.Port}", "localhost");
        await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Equal($"https://localhost:{secure.Port}/", (await ReadAsync(client)).Body);
        await tls.DisposeAsync();

        Assert.Null((await proxy.Sink.NextAsync()).ModifiedBy);
        Assert.Null((await proxy.Sink.NextAsync()).ModifiedBy);
    }

    private static Task<TestProxy> StartAsync(params string[] targets) =>
        TestProxy.StartAsync(options => options with { SslStrip = [.. targets.Select(target => SslStripTarget.Parse(target)!)] });

    private static string Answer(string body) => $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static async Task<(string Head, string Body)> ReadAsync(RawPeer client)
    {
        var head = await client.ReadHeadAsync();
        var length = ResponseHead.Parse(Encoding.Latin1.GetBytes(head)).Headers.Find("Content-Length"u8);
        return (head, await client.ReadAsync(int.Parse(length!, System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static string Compress(string coding, string text)
    {
        var memory = new MemoryStream();
        using (Stream stream = coding switch
        {
            "gzip" => new GZipStream(memory, CompressionLevel.Fastest),
            "br" => new BrotliStream(memory, CompressionLevel.Fastest),
            _ => new ZLibStream(memory, CompressionLevel.Fastest),
        })
        {
            stream.Write(Encoding.Latin1.GetBytes(text));
        }

        return Encoding.Latin1.GetString(memory.ToArray());
    }

    /// <summary>A TLS server that gives the same answer to each request.</summary>
    private RawServer Server(Func<int, string> answer)
    {
        RawServer? server = null;
        server = new RawServer(
            async peer =>
            {
                while (true)
                {
                    _requests.Enqueue(await peer.ReadHeadAsync());
                    await peer.SendAsync(answer(server!.Port));
                }
            },
            RawServer.Tls(RawServer.SelfSigned("localhost")));
        return server;
    }
}
