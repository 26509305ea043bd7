using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>Every pair of protocol versions that client and server may speak.</summary>
public sealed class VersionTests
{
    public static TheoryData<string, HttpProtocols> Pairs => new()
    {
        { "1.1", HttpProtocols.Http1 },
        { "1.1", HttpProtocols.Http1AndHttp2 },
        { "2.0", HttpProtocols.Http1AndHttp2 },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Get_SpeaksToTheServerWhatTheClientSpeaks(string version, HttpProtocols protocols)
    {
        await using var server = await KestrelUpstream.StartAsync(protocols);
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(new Version(version));

        var text = await client.GetStringAsync($"{server.Url}/protocol");

        Assert.Equal(version == "2.0" ? "HTTP/2" : "HTTP/1.1", text);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowState.Done, flow.State);
        Assert.Equal(version == "2.0" ? "h2" : null, flow.Client.Tls!.Alpn == "h2" ? "h2" : null);
        Assert.Equal(version == "2.0" ? "HTTP/2" : "HTTP/1.1", flow.Response!.Version);
        Assert.Equal("localhost", flow.Server!.Tls!.Sni);
        Assert.NotEmpty(flow.Server.Tls.Certificates);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Upload_TenMegabytes_ArrivesWholeAndIsRecorded(string version, HttpProtocols protocols)
    {
        await using var server = await KestrelUpstream.StartAsync(protocols);
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(new Version(version));
        var data = RandomNumberGenerator.GetBytes(10 * 1024 * 1024);

        using var response = await client.PostAsync($"{server.Url}/hash", new ByteArrayContent(data));

        Assert.Equal(Convert.ToHexString(SHA256.HashData(data)), await response.Content.ReadAsStringAsync());
        Assert.Equal(data, proxy.Sink.Body(await proxy.Sink.NextAsync(), MessageSide.Request));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Download_TenMegabytes_ArrivesWholeAndIsRecorded(string version, HttpProtocols protocols)
    {
        await using var server = await KestrelUpstream.StartAsync(protocols);
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(new Version(version));
        var data = new byte[10 * 1024 * 1024];
        new Random(7).NextBytes(data);

        Assert.Equal(data, await client.GetByteArrayAsync($"{server.Url}/random?n={data.Length}"));

        Assert.Equal(data, proxy.Sink.Body(await proxy.Sink.NextAsync(), MessageSide.Response));
    }

    [Fact]
    public async Task Http2_ToServerThatOnlySpeaksHttp1_IsOfferedHttp1Alone()
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1);
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(HttpVersion.Version20);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;

        Assert.Equal("HTTP/1.1", await client.GetStringAsync($"{server.Url}/protocol"));

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal("http/1.1", flow.Client.Tls!.Alpn);
        Assert.Equal(["h2", "http/1.1"], flow.Client.Tls.AlpnOffered);
    }

    [Fact]
    public async Task Http2_Trailers_ArriveAndAreRecorded()
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1AndHttp2);
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(HttpVersion.Version20);

        using var response = await client.GetAsync($"{server.Url}/trailers");

        Assert.Equal("body", await response.Content.ReadAsStringAsync());
        Assert.Equal("42", response.TrailingHeaders.GetValues("X-Sum").Single());
        Assert.Equal("42", (await proxy.Sink.NextAsync()).ResponseTrailers!.Find("x-sum"u8));
    }

    [Fact]
    public async Task Http2_Duplex_EachLineIsAnsweredWhileTheRequestRuns()
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1AndHttp2);
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(HttpVersion.Version20);
        var content = new LineContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Url}/duplex") { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < 5; i++)
        {
            await content.WriteAsync($"line {i}\n");
            Assert.Equal($"got line {i}", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        }

        content.Complete();
        Assert.Null(await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
    }

    [Fact]
    public async Task Http2_ServerResetsTheStream_ClientIsToldThatTheBodyIsNotComplete()
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1AndHttp2);
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(HttpVersion.Version20);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync($"{server.Url}/reset"));

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowState.Error, flow.State);
        Assert.Equal(FlowStep.Response, flow.Error!.Step);
        Assert.Contains("broke off", flow.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2_HundredParallelStreams_AllArrive()
    {
        await using var server = await KestrelUpstream.StartAsync(HttpProtocols.Http1AndHttp2);
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(HttpVersion.Version20);

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            using var response = await client.PostAsync($"{server.Url}/echo", new StringContent($"number {i}"));
            return await response.Content.ReadAsStringAsync();
        }));

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"number {i}"), answers);
    }

    /// <summary>The client's version, what the server speaks, and the status that it answers with.</summary>
    public static TheoryData<string, HttpProtocols, int> WebSocketPairs => new()
    {
        { "1.1", HttpProtocols.Http1, 101 },
        { "1.1", HttpProtocols.Http1AndHttp2, 101 },
        { "1.1", HttpProtocols.Http2, 200 },
        { "2.0", HttpProtocols.Http1AndHttp2, 200 },
        { "2.0", HttpProtocols.Http2, 200 },
    };

    [Theory]
    [MemberData(nameof(WebSocketPairs))]
    public async Task WebSocket_Messages_PassBothWays(string version, HttpProtocols protocols, int status)
    {
        await using var server = await KestrelUpstream.StartAsync(protocols);
        await using var proxy = await TestProxy.StartAsync();
        using var handler = new SocketsHttpHandler
        {
            Proxy = new WebProxy($"http://127.0.0.1:{proxy.Port}"),
            SslOptions = { CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { TestProxy.Authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck } },
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket { Options = { HttpVersion = new Version(version), HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };

        await socket.ConnectAsync(new Uri($"wss://localhost:{server.Port}/ws"), invoker, default);
        var buffer = new byte[1024];
        for (var i = 0; i < 3; i++)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes($"hello {i}"), WebSocketMessageType.Text, true, default);
            var message = await socket.ReceiveAsync(buffer, default);
            Assert.Equal($"hello {i}", Encoding.UTF8.GetString(buffer, 0, message.Count));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", default);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowKind.WebSocket, flow.Kind);
        Assert.Equal("wss", flow.Scheme);
        Assert.Equal(status, flow.Response!.Status);
        Assert.Equal(status == 101 ? "HTTP/1.1" : "HTTP/2", flow.Response.Version);
        Assert.True(flow.RequestBodySize > 0 && flow.ResponseBodySize > 0);
    }

    private sealed class LineContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _stream = new();
        private readonly TaskCompletionSource _done = new();

        public async Task WriteAsync(string text)
        {
            var stream = await _stream.Task;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
            await stream.FlushAsync();
        }

        public void Complete() => _done.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            _stream.SetResult(stream);
            await _done.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
