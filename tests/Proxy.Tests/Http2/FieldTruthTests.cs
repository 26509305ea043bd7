using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>What goes from an HTTP/2 client to an HTTP/2 server and back is, field by field, what was sent.</summary>
public sealed class FieldTruthTests
{
    [Fact]
    public async Task Request_FieldsOrderCrumbsAndMarks_ArriveAsSent()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(async peer =>
        {
            seen.TrySetResult(await peer.HeadAsync());
            await peer.HeadersAsync(1, true, (":status", "204"));
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);

        await client.HeadersAsync(
            1,
            true,
            (":method", "GET"),
            (":path", "/a/../b//c%2fd?x={}|\""),
            (":authority", "Name.test:81"),
            (":scheme", "https"),
            ("x-b", "2"),
            ("cookie", "a=1"),
            ("x-a", "1"),
            ("cookie", "second-crumb-which-is-long=2"),
            ("x-b", "1"),
            ("!x-token", "secret"),
            ("x-empty", ""),
            ("x-bytes", "\u00e4\u00ff"),
            ("te", "trailers"),
            ("host", "name.test:81"));

        Assert.Equal(":status: 204\n", await client.HeadAsync());
        Assert.Equal(
            ":method: GET\n:path: /a/../b//c%2fd?x={}|\"\n:authority: Name.test:81\n:scheme: https\nx-b: 2\n!cookie: a=1\nx-a: 1\n"
            + "cookie: second-crumb-which-is-long=2\nx-b: 1\n!x-token: secret\nx-empty: \nx-bytes: \u00e4\u00ff\nte: trailers\nhost: name.test:81\n",
            await seen.Task);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowState.Done, flow.State);
        Assert.Equal(
            "GET /a/../b//c%2fd?x={}|\" HTTP/2\r\nHost: Name.test:81\r\nx-b: 2\r\ncookie: a=1\r\nx-a: 1\r\ncookie: second-crumb-which-is-long=2\r\n"
            + "x-b: 1\r\nx-token: secret\r\nx-empty: \r\nx-bytes: \u00e4\u00ff\r\nte: trailers\r\nhost: name.test:81\r\n\r\n",
            Encoding.Latin1.GetString(flow.Request!.Raw));
        Assert.Equal("HTTP/2 204\r\n\r\n", Encoding.Latin1.GetString(flow.Response!.Raw));
    }

    [Fact]
    public async Task Response_InterimFieldsBodyAndTrailers_ArriveAsSent()
    {
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.HeadersAsync(1, false, (":status", "103"), ("link", "</a>; rel=preload"));
            await peer.HeadersAsync(1, false, (":status", "103"), ("link", "</b>; rel=preload"));
            await peer.HeadersAsync(1, false, (":status", "200"), ("x-b", "2"), ("set-cookie", "a=1"), ("x-a", ""), ("set-cookie", "b=2"), ("!x-secret", "s"));
            await peer.DataAsync(1, false, "some ");
            await peer.DataAsync(1, false, "content");
            await peer.HeadersAsync(1, true, ("grpc-status", "0"), ("x-t", "1"), ("x-t", "2"));
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);

        Assert.Equal(":status: 103\nlink: </a>; rel=preload\n", await client.HeadAsync());
        Assert.Equal(":status: 103\nlink: </b>; rel=preload\n", await client.HeadAsync());
        Assert.Equal(":status: 200\nx-b: 2\nset-cookie: a=1\nx-a: \nset-cookie: b=2\n!x-secret: s\n", await client.HeadAsync());
        var text = "";
        FramePeer.Frame frame;
        while ((frame = await client.NextAsync()).Type == FrameType.Data)
        {
            Assert.False(frame.EndsStream);
            text += frame.Text;
        }

        Assert.Equal("some content", text);
        Assert.True(frame.EndsStream);
        Assert.Equal("grpc-status: 0\nx-t: 1\nx-t: 2\n", client.Decode(frame));
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(2, flow.Interim.Count);
        Assert.Equal(3, flow.ResponseTrailers!.Count);
        Assert.Equal("some content", Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Response)));
    }

    [Fact]
    public async Task Request_BodyAndTrailers_ArriveAsSent()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(async peer =>
        {
            var text = await peer.HeadAsync();
            FramePeer.Frame frame;
            while ((frame = await peer.NextAsync()).Type == FrameType.Data)
            {
                text += frame.Text;
            }

            Assert.True(frame.EndsStream);
            seen.TrySetResult(text + "\n" + peer.Decode(frame));
            await peer.HeadersAsync(1, true, (":status", "200"));
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);

        await client.PostAsync(1, ("x-a", "1"));
        await client.DataAsync(1, false, "body ");
        await client.DataAsync(1, false, "of it");
        await client.HeadersAsync(1, true, ("x-sum", "9"));

        Assert.Equal(":status: 200\n", await client.HeadAsync());
        Assert.Equal(":method: POST\n:scheme: https\n:authority: x.test\n:path: /\nx-a: 1\nbody of it\nx-sum: 9\n", await seen.Task);
        Assert.Equal("9", (await proxy.Sink.NextAsync()).RequestTrailers!.Find("x-sum"u8));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_PlaceOfTheEnd_IsKept(bool isOnTheData)
    {
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.HeadersAsync(1, false, (":status", "200"));
            await peer.DataAsync(1, isOnTheData, "x");
            if (!isOnTheData)
            {
                await peer.DataAsync(1, true, "");
            }

            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);

        Assert.Equal(":status: 200\n", await client.HeadAsync());
        var data = await client.NextAsync();
        Assert.Equal("x", data.Text);
        if (!data.EndsStream)
        {
            Assert.False(isOnTheData);
            data = await client.NextAsync();
            Assert.Empty(data.Payload);
        }

        Assert.True(data.EndsStream);
    }

    [Fact]
    public async Task Head_LongerThanAFrame_GoesOnInContinuations()
    {
        var value = new string('v', 100_000);
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(async peer =>
        {
            var block = new List<byte>();
            FramePeer.Frame frame;
            do
            {
                frame = await peer.NextAsync();
                Assert.Equal(block.Count == 0 ? FrameType.Headers : FrameType.Continuation, frame.Type);
                block.AddRange(frame.Payload);
            }
            while ((frame.Flags & FrameFlags.EndHeaders) == 0);
            seen.TrySetResult(peer.Decode([.. block]));
            await peer.HeadersAsync(1, true, (":status", "200"));
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        var block = FramePeer.Encode((":method", "GET"), (":scheme", "https"), (":authority", "x.test"), (":path", "/"), ("x-long", value));

        await client.SendAsync(FrameType.Headers, FrameFlags.EndStream, 1, block[..10]);
        for (var at = 10; at < block.Length; at += 16_000)
        {
            var end = Math.Min(block.Length, at + 16_000);
            await client.SendAsync(FrameType.Continuation, end == block.Length ? FrameFlags.EndHeaders : FrameFlags.None, 1, block[at..end]);
        }

        Assert.Equal(":status: 200\n", await client.HeadAsync());
        Assert.EndsWith($"x-long: {value}\n", await seen.Task, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Padding_IsTakenOff()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(async peer =>
        {
            seen.TrySetResult(await peer.HeadAsync() + await peer.BodyAsync());
            await peer.HeadersAsync(1, true, (":status", "200"));
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        var block = FramePeer.Encode((":method", "POST"), (":scheme", "https"), (":authority", "x.test"), (":path", "/"));

        await client.SendAsync(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.Padded | FrameFlags.Priority, 1, [5, 0, 0, 0, 0, 200, .. block, 0, 0, 0, 0, 0]);
        await client.SendAsync(FrameType.Data, FrameFlags.Padded, 1, [3, .. "abc"u8, 0, 0, 0]);
        await client.SendAsync(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, [0, .. "def"u8]);

        Assert.Equal(":status: 200\n", await client.HeadAsync());
        Assert.EndsWith(":path: /\nabcdef", await seen.Task, StringComparison.Ordinal);
    }
}
