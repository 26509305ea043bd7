using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Upstream;

/// <summary>A server that takes part of a request and then sends its sender away (RFC 9113, section 6.8).</summary>
public sealed class Http2SessionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServerTurnsARequestAway_RestOfItsBodyNeverPassesForTheWhole(bool afterData)
    {
        var bodies = new List<string>();
        await using var server = new RawServer(
            async peer =>
            {
                await peer.ReadAsync(24);
                await SendAsync(peer, 4, 0, 0, []);
                int index;
                lock (bodies)
                {
                    index = bodies.Count;
                    bodies.Add("");
                }

                while (true)
                {
                    var head = await peer.ReadAsync(9);
                    var payload = await peer.ReadAsync((head[0] << 16) | (head[1] << 8) | head[2]);
                    if (head[3] == 4 && head[4] == 0)
                    {
                        await SendAsync(peer, 4, 1, 0, []);
                    }

                    if (index == 0 && head[3] == (afterData ? 0 : 1))
                    {
                        await SendAsync(peer, 7, 0, 0, new byte[8]); // GOAWAY: nothing has been looked at.
                        await peer.ReadToEndAsync();
                        return;
                    }

                    bodies[index] += head[3] == 0 ? payload : "";
                    if (head[3] == 0 && (head[4] & 1) == 1)
                    {
                        await SendAsync(peer, 1, 5, 1, [0x88]); // :status 200 (RFC 7541, appendix A)
                    }
                }
            },
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http2));
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(HttpVersion.Version20);
        var content = new StepContent();
        var sending = client.PostAsync($"https://127.0.0.1:{server.Port}/", content);
        var body = await content.Stream;
        if (afterData)
        {
            await body.WriteAsync("first "u8.ToArray());
            await body.FlushAsync();
        }

        if (afterData)
        {
            using var failed = await sending.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
            Assert.Equal(FlowState.Error, (await proxy.Sink.NextAsync()).State);
            content.Complete();
            Assert.DoesNotContain(bodies.Skip(1), sent => sent.Length > 0);
            return;
        }

        await body.WriteAsync("first second"u8.ToArray());
        content.Complete();
        using var response = await sending.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(response.StatusCode == HttpStatusCode.BadGateway || bodies[1] == "first second", $"{response.StatusCode}: '{bodies[^1]}'");
    }

    private static Task SendAsync(RawPeer peer, byte type, byte flags, int streamId, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame, 9);
        return peer.Stream.WriteAsync(frame).AsTask();
    }

    private sealed class StepContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _stream = new();
        private readonly TaskCompletionSource _done = new();

        public StepContent() => Headers.ContentType = new MediaTypeHeaderValue("text/plain");

        public Task<Stream> Stream => _stream.Task;

        public void Complete() => _done.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            _stream.TrySetResult(stream);
            await _done.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
