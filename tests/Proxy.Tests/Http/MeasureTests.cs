using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http;

/// <summary>What is noted of an exchange's times and of its bytes on the wire.</summary>
public sealed class MeasureTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string AnswerBody = "5;x=y\r\nhello\r\n0\r\nSum: 1\r\n\r\n";

    [Fact]
    public async Task Http1_HeadsAndBodies_AreMeasuredWithTheirFraming()
    {
        await using var server = AnsweringServer();
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);
        const string Head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";

        await client.SendAsync(Head + "abc");
        await client.ReadUntilAsync("Sum: 1\r\n\r\n");

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((Head.Length, 3, 3), (flow.RequestHeadWireSize, flow.RequestBodyWireSize, flow.RequestBodySize));
        Assert.Equal((Answer.Length, AnswerBody.Length, 5), (flow.ResponseHeadWireSize, flow.ResponseBodyWireSize, flow.ResponseBodySize));
    }

    [Fact]
    public async Task Http1_NewAndReusedConnection_BlockedEndsWhereSomethingBegins()
    {
        await using var server = AnsweringServer();
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            await client.ReadUntilAsync("Sum: 1\r\n\r\n");
        }

        var first = await proxy.Sink.NextAsync();
        var second = await proxy.Sink.NextAsync();
        Assert.Equal((false, true), (first.ServerReused, second.ServerReused));
        Assert.Equal(first.Timings.ConnectStart, first.Timings.Blocked);
        Assert.NotNull(second.Timings.SendStart);
        Assert.Equal(second.Timings.SendStart, second.Timings.Blocked);
    }

    [Fact]
    public async Task Refused_RequestThatNeverWent_WasNotBlockedAndHasNoResponseBytes()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("GET http://x.test/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
        await client.ReadToEndAsync();

        var flow = await proxy.Sink.NextAsync();
        Assert.Null(flow.Timings.Blocked);
        Assert.Equal((null, null), (flow.ResponseHeadWireSize, flow.ResponseBodyWireSize));
    }

    [Fact]
    public async Task Http2_HeadsAndBodies_AreMeasuredInFrames()
    {
        (string, string)[] answer = [(":status", "200"), ("x", new string('y', 50))];
        (string, string)[] trailers = [("sum", "1")];
        await using var server = FramePeer.Serve(async peer =>
        {
            var head = await peer.NextAsync();
            await peer.NextAsync();
            await peer.HeadersAsync(head.StreamId, false, answer);
            await peer.DataAsync(head.StreamId, false, "hello ");

            // Padded: a byte that says how much, and 4 bytes.
            await peer.SendAsync(FrameType.Data, FrameFlags.Padded, head.StreamId, [4, .. "world"u8, 0, 0, 0, 0]);
            await peer.HeadersAsync(head.StreamId, true, trailers);
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        (string, string)[] request = [(":method", "POST"), (":scheme", "https"), (":authority", "x.test"), (":path", "/"), ("z", new string('q', 100))];
        var block = FramePeer.Encode(request);

        await client.SendAsync(FrameType.Headers, FrameFlags.None, 1, block[..20]);
        await client.SendAsync(FrameType.Continuation, FrameFlags.EndHeaders, 1, block[20..]);
        await client.DataAsync(1, true, "abc");

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal((2 * FrameHeader.Size) + block.Length, flow.RequestHeadWireSize);
        Assert.Equal((FrameHeader.Size + 3, 3), (flow.RequestBodyWireSize, flow.RequestBodySize));
        Assert.Equal(FrameHeader.Size + FramePeer.Encode(answer).Length, flow.ResponseHeadWireSize);
        Assert.Equal((3 * FrameHeader.Size) + 6 + 10 + FramePeer.Encode(trailers).Length, flow.ResponseBodyWireSize);
        Assert.Equal(11, flow.ResponseBodySize);
    }

    private static RawServer AnsweringServer() => new(static async peer =>
    {
        while (true)
        {
            var head = await peer.ReadHeadAsync();
            if (head.StartsWith("POST", StringComparison.Ordinal))
            {
                await peer.ReadAsync(3);
            }

            await peer.SendAsync(Answer + AnswerBody);
        }
    });
}
