using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>Much at once, large heads, slow readers, and a stop in the middle of it all.</summary>
public sealed class LoadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SlowReader_OfALargeResponse_HoldsTheServerBack(bool http2)
    {
        const long Total = 256L * 1024 * 1024;
        var written = 0L;
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Total}\r\n\r\n");
            var data = new byte[64 * 1024];
            while (Volatile.Read(ref written) < Total)
            {
                await peer.Stream.WriteAsync(data);
                Interlocked.Add(ref written, data.Length);
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = async (_, _) => (await proxy.TunnelAsync(server.Authority)).Stream })
        {
            DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.GetAsync("http://example.test/", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[16 * 1024];
        var read = 0L;
        var ahead = 0L;

        // What lies between the two ends is in the buffers of the kernel, the client and the proxy.
        while (read < 64 * 1024 * 1024)
        {
            read += await body.ReadAsync(buffer);
            ahead = Math.Max(ahead, Volatile.Read(ref written) - read);
        }

        Assert.InRange(ahead, 0, 48 * 1024 * 1024);
    }

    [Fact]
    public async Task TwoHundredClients_KeepingTheirConnections_AreAllAnswered()
    {
        const int Clients = 200;
        const int Requests = 20;
        await using var server = new RawServer(async peer =>
        {
            while (true)
            {
                var target = (await peer.ReadHeadAsync()).Split(' ')[1];
                await peer.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {target.Length}\r\n\r\n{target}");
            }
        });
        await using var proxy = await TestProxy.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            using var peer = await proxy.ConnectAsync();
            for (var i = 0; i < Requests; i++)
            {
                await peer.SendAsync($"GET http://{server.Authority}/{client}/{i} HTTP/1.1\r\nHost: x\r\n\r\n");
                var head = await peer.ReadHeadAsync();
                Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
                Assert.Equal($"/{client}/{i}", await peer.ReadAsync($"/{client}/{i}".Length));
            }
        }));

        for (var i = 0; i < Clients * Requests; i++)
        {
            await proxy.Sink.NextAsync();
        }

        Assert.All(proxy.Sink.Ended, flow => Assert.Equal(FlowState.Done, flow.State));
        Assert.Equal(Clients * Requests, proxy.Sink.Ended.Select(flow => flow.Path).Distinct().Count());

        // Nearly all went over a connection that was there already.
        Assert.InRange(server.Connections, 1, Clients * Requests / 4);
    }

    [Fact]
    public async Task Heads_Of64KiBWith200Headers_PassByteForByte()
    {
        var lines = string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: {new string((char)('a' + (i % 26)), 320)}\r\n"));
        var answer = $"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{lines}\r\n";
        var request = $"GET / HTTP/1.1\r\nHost: x\r\n{lines}\r\n";
        var seen = new TaskCompletionSource<string>();
        await using var server = new RawServer(async peer =>
        {
            seen.SetResult(await peer.ReadHeadAsync());
            await peer.SendAsync(answer);
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);

        await client.SendAsync(request);

        Assert.Equal(answer, await client.ReadHeadAsync());
        Assert.Equal(request, await seen.Task);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(201, flow.Request!.Headers.Count);
        Assert.Equal(answer, Encoding.Latin1.GetString(flow.Response!.Raw));
    }

    [Fact]
    public async Task ClientThatOnlySpeaksHttp2_IsServedFromAServerThatOnlySpeaksHttp1()
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1);
        await using var proxy = await TestProxy.StartAsync();
        var (peer, tls) = await proxy.SecureAsync($"localhost:{server.Port}", "localhost", SslApplicationProtocol.Http2);
        using var owned = peer;

        Assert.Equal(SslApplicationProtocol.Http2, tls.NegotiatedApplicationProtocol);
        var client = await RawHttp2.StartAsync(tls);
        await client.SendHeadersAsync(1, true, (":method", "GET"), (":scheme", "https"), (":path", "/protocol"), (":authority", "localhost"));

        Assert.Equal((RawHttp2.Headers, 0u), await client.ReadOutcomeAsync(1));
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(("HTTP/2", "HTTP/1.1"), (flow.Request!.Version, flow.Response!.Version));
        Assert.Equal("HTTP/1.1", Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Response)));
    }

    [Fact]
    public async Task TunnelToAnAddress_WithNamesInTheHandshakes_EachHasItsOwnConnection()
    {
        await using var server = new RawServer(
            async peer =>
            {
                while (true)
                {
                    await peer.ReadHeadAsync();
                    await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
                }
            },
            RawServer.Tls(RawServer.SelfSigned("a.test")));
        await using var proxy = await TestProxy.StartAsync();

        // The certificate was checked for the name: a connection made for one must not serve the other.
        foreach (var (name, connections) in new[] { ("a.test", 1), ("b.test", 2), ("a.test", 2) })
        {
            var (client, _) = await proxy.SecureAsync(server.Authority, name);
            using var owned = client;
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            await client.ReadHeadAsync();
            var flow = await proxy.Sink.NextAsync();
            Assert.Equal((name, name, "127.0.0.1"), (flow.Host, flow.Server!.Tls!.Sni, flow.Server.Host));
            Assert.Equal(name == "b.test", flow.Server.Tls.CertificateError!.Contains("not for 'b.test'", StringComparison.Ordinal));
            Assert.Equal(connections, server.Connections);
        }
    }

    [Fact]
    public async Task UntrustedServer_Http2Client_Gets502EveryTime()
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1AndHttp2);
        await using var proxy = await TestProxy.StartAsync(options => options with { SslInsecure = false });
        using var client = proxy.Client(HttpVersion.Version20);

        for (var i = 0; i < 3; i++)
        {
            using var response = await client.GetAsync($"{server.Url}/protocol");
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            Assert.Equal(FlowStep.ServerTls, (await proxy.Sink.NextAsync()).Error!.Step);
        }
    }

    [Fact]
    public async Task Stop_WhileExchangesRun_EndsEveryFlowWithAnError()
    {
        var release = new TaskCompletionSource();
        var heads = new SemaphoreSlim(0);
        await using var silent = new RawServer(async peer =>
        {
            await peer.ReadUntilAsync("\r\n");
            heads.Release();
            await release.Task;
        });
        await using var streaming = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            heads.Release();
            await release.Task;
        });
        await using var early = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            heads.Release();
            await release.Task;
        });
        var proxy = await TestProxy.StartAsync();
        var clients = new List<RawPeer>();
        var uploads = new List<Task>();
        foreach (var server in new[] { silent, streaming, early })
        {
            foreach (var request in new[] { "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n" })
            {
                if (server == early && request.StartsWith("GET", StringComparison.Ordinal))
                {
                    continue;
                }

                var client = await proxy.TunnelAsync(server.Authority);
                clients.Add(client);
                await client.SendAsync(request);
                if (request.StartsWith("POST", StringComparison.Ordinal))
                {
                    uploads.Add(Task.Run(() => Assert.ThrowsAnyAsync<IOException>(async () =>
                    {
                        while (true)
                        {
                            await client.Stream.WriteAsync(new byte[64 * 1024]);
                        }
                    })));
                }
            }

            var http2 = await proxy.TunnelAsync(server.Authority);
            clients.Add(http2);
            var streams = await RawHttp2.StartAsync(http2.Stream);
            var isUpload = server == early;
            await streams.SendHeadersAsync(1, !isUpload, (":method", isUpload ? "POST" : "GET"), (":scheme", "http"), (":path", "/"), (":authority", "x"));
        }

        var raw = await proxy.TunnelAsync(silent.Authority);
        clients.Add(raw);
        await raw.SendAsync("*1\r\n");
        var expected = clients.Count;
        for (var i = 0; i < expected; i++)
        {
            Assert.True(await heads.WaitAsync(TimeSpan.FromSeconds(20)));
        }

        // A server also counts the attempt to speak HTTP/2 to it, so that one head more may have come than there are flows.
        for (var start = Stopwatch.StartNew(); proxy.Sink.Begun < expected; await Task.Delay(20))
        {
            Assert.InRange(start.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        }

        var watch = Stopwatch.StartNew();
        await proxy.Server.StopAsync();

        // Below two seconds where nobody else is at work. On a busy machine the last flows may come after the time that a stop waits for them.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        while (proxy.Sink.Ended.Count < expected)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "These alone have ended: " + string.Join(", ", proxy.Sink.Ended.Select(flow => $"{flow.Kind} {flow.Request?.Version} {flow.Request?.Method} {flow.Port} {flow.State}")));
            await Task.Delay(20);
        }

        Assert.All(proxy.Sink.Ended, flow => Assert.Equal((FlowState.Error, FlowStep.Proxy), (flow.State, flow.Error!.Step)));
        release.SetResult();
        await Task.WhenAll(uploads);
        clients.ForEach(client => client.Dispose());
        await proxy.DisposeAsync();
    }
}
