using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>Streams and connections that end before their time: each side learns it as the other said it.</summary>
public sealed class StreamEndTests
{
    [Theory]
    [InlineData(8u, false)]
    [InlineData(2u, true)]
    [InlineData(11u, true)]
    [InlineData(77u, false)]
    public async Task ServerResets_ClientGetsTheSameCode(uint number, bool afterHead)
    {
        var code = (Http2ErrorCode)number;
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            if (afterHead)
            {
                await peer.HeadersAsync(1, false, (":status", "200"));
                await peer.DataAsync(1, false, "some");
            }

            await peer.ResetAsync(1, code);
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);

        if (afterHead)
        {
            Assert.Equal(":status: 200\n", await client.HeadAsync());
            Assert.Equal("some", (await client.NextAsync()).Text);
        }

        var reset = await client.NextAsync();
        Assert.Equal((FrameType.ResetStream, code), (reset.Type, reset.Code));
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowState.Error, flow.State);
        Assert.Equal(FlowStep.Response, flow.Error!.Step);
        Assert.Contains(Http2ErrorNames.Describe(code), flow.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8u, false)]
    [InlineData(0u, true)]
    [InlineData(77u, true)]
    public async Task ClientResets_ServerGetsTheSameCode(uint number, bool afterHead)
    {
        var code = (Http2ErrorCode)number;
        var seen = new TaskCompletionSource<FramePeer.Frame>();
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            if (afterHead)
            {
                await peer.HeadersAsync(1, false, (":status", "200"));
            }

            seen.TrySetResult(await peer.NextAsync());
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);
        if (afterHead)
        {
            await client.HeadAsync();
        }

        await client.ResetAsync(1, code);

        var reset = await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((FrameType.ResetStream, code), (reset.Type, reset.Code));
        Assert.Contains("client closed", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerEndsWithNoErrorBeforeTheUploadIsOver_ResponseIsCompleteAndClientIsToldToStop()
    {
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.HeadersAsync(1, false, (":status", "413"));
            await peer.DataAsync(1, true, "too large");
            await peer.ResetAsync(1, Http2ErrorCode.NoError);
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.PostAsync(1);

        Assert.Equal(":status: 413\n", await client.HeadAsync());
        Assert.Equal("too large", await client.BodyAsync());

        // The upload notices with its next piece.
        await client.DataAsync(1, false, "more");
        var reset = await client.NextAsync();
        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.NoError), (reset.Type, reset.Code));
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
    }

    [Fact]
    public async Task Http1ServerBreaksOff_ClientGetsAReset()
    {
        await using var server = new RawServer(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome");
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = new FramePeer((await proxy.TunnelAsync(server.Authority)).Stream, isServer: false);
        await client.StartAsync();
        await client.HeadersAsync(1, true, (":method", "GET"), (":scheme", "http"), (":authority", "x.test"), (":path", "/"));

        Assert.Equal(":status: 200\ncontent-length: 10\n", await client.HeadAsync());
        Assert.Equal("some", (await client.NextAsync()).Text);
        var reset = await client.NextAsync();
        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.InternalError), (reset.Type, reset.Code));
    }

    [Fact]
    public async Task GoAway_RequestAboveTheLastStream_GoesOverANewConnection()
    {
        var connections = 0;
        var first = new TaskCompletionSource();
        await using var server = FramePeer.Serve(async peer =>
        {
            if (Interlocked.Increment(ref connections) == 1)
            {
                await peer.HeadAsync();
                first.SetResult();
                await peer.HeadAsync();
                await peer.GoAwayAsync(1, Http2ErrorCode.NoError);
                await peer.HeadersAsync(1, true, (":status", "200"), ("x-connection", "first"));
            }
            else
            {
                var head = await peer.HeadAsync();
                Assert.Contains("POST", head, StringComparison.Ordinal);
                Assert.Equal("body", await peer.BodyAsync());
                await peer.HeadersAsync(1, true, (":status", "200"), ("x-connection", "second"));
            }

            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);

        await client.GetAsync(1);
        await first.Task;
        await client.PostAsync(3);
        var heads = new List<string> { await client.HeadAsync() };
        await client.DataAsync(3, true, "body");
        heads.Add(await client.HeadAsync());

        Assert.Contains(":status: 200\nx-connection: first\n", heads);
        Assert.Contains(":status: 200\nx-connection: second\n", heads);
        var flows = new[] { await proxy.Sink.NextAsync(), await proxy.Sink.NextAsync() };
        Assert.All(flows, flow => Assert.Equal(FlowState.Done, flow.State));
        Assert.NotEqual(flows[0].Server!.Id, flows[1].Server!.Id);
    }

    [Fact]
    public async Task RefusedStream_IsSentAgainOnce_ThenTheClientIsTold()
    {
        var requests = 0;
        await using var server = FramePeer.Serve(async peer =>
        {
            while (true)
            {
                var frame = await peer.NextAsync();
                Interlocked.Increment(ref requests);
                await peer.ResetAsync(frame.StreamId, Http2ErrorCode.RefusedStream);
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);

        var reset = await client.NextAsync();

        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.RefusedStream), (reset.Type, reset.Code));
        Assert.Equal(2, requests);
    }

    [Fact]
    public async Task ServerGoesAwayAfterEachResponse_NextRequestGoesOverANewConnection()
    {
        await using var server = FramePeer.Serve(async peer =>
        {
            var frame = await peer.NextAsync();
            await peer.HeadersAsync(frame.StreamId, true, (":status", "200"));
            await peer.GoAwayAsync(1, Http2ErrorCode.NoError);

            // Closed while something of the proxy's is unread, the connection would be reset, and take the answer with it.
            while (await peer.ReadAsync() is not null)
            {
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        for (var i = 0; i < 50; i++)
        {
            await client.GetAsync((i * 2) + 1);
            Assert.Equal(":status: 200\n", await client.HeadAsync());
            Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
        }

        Assert.Equal(50, server.Connections);
    }

    [Fact]
    public async Task MaxConcurrentStreams_Reached_OpensAnotherConnection()
    {
        var seen = 0;
        var two = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var eight = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = FramePeer.Serve(
            async peer =>
            {
                var answered = Task.CompletedTask;
                while (true)
                {
                    var frame = await peer.NextAsync();
                    var count = Interlocked.Increment(ref seen);
                    answered = AnswerAsync(answered, count <= 2 ? two.Task : eight.Task, frame.StreamId);
                    if (count is 2 or 8)
                    {
                        (count == 2 ? two : eight).SetResult();
                    }
                }

                async Task AnswerAsync(Task before, Task when, int streamId)
                {
                    await Task.WhenAll(before, when);
                    await peer.HeadersAsync(streamId, true, (":status", "200"));
                }
            },
            (Http2Setting.MaxConcurrentStreams, 2));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);

        // The first two make the server's settings known.
        await client.GetAsync(1);
        await client.GetAsync(3);
        await client.HeadAsync();
        await client.HeadAsync();
        for (var i = 0; i < 6; i++)
        {
            await client.GetAsync(5 + (i * 2));
        }

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(":status: 200\n", await client.HeadAsync());
        }

        Assert.True(server.Connections >= 2, $"{server.Connections} connections");
        var flows = new List<Flow>();
        for (var i = 0; i < 8; i++)
        {
            flows.Add(await proxy.Sink.NextAsync());
        }

        // The first exchange on a connection, and no other, is the one that did not find it there.
        Assert.All(flows.GroupBy(flow => flow.Server!.Id), group => Assert.Equal(1, group.Count(flow => !flow.ServerReused)));
    }

    [Fact]
    public async Task ClientGoesAway_RunningStreamsEndInOrder()
    {
        var goOn = new TaskCompletionSource();
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await goOn.Task;
            await peer.HeadersAsync(1, false, (":status", "200"));
            await peer.DataAsync(1, true, "late");
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);
        await client.GoAwayAsync(0, Http2ErrorCode.NoError);
        goOn.SetResult();

        Assert.Equal(":status: 200\n", await client.HeadAsync());
        Assert.Equal("late", await client.BodyAsync());
    }

    [Fact]
    public async Task ClientClosesTheConnection_ServersStreamsAreCancelled()
    {
        var seen = new TaskCompletionSource<FramePeer.Frame>();
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.HeadersAsync(1, false, (":status", "200"));
            seen.TrySetResult(await peer.NextAsync());
        });
        await using var proxy = await TestProxy.StartAsync();
        var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);
        await client.HeadAsync();

        client.Dispose();

        var reset = await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.Cancel), (reset.Type, reset.Code));
    }

    [Fact]
    public async Task WebSocket_OverHttp2ToHttp1_PassesBothWaysAndEnds()
    {
        await using var server = new RawServer(async peer =>
        {
            var head = await peer.ReadHeadAsync();
            var key = head.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
            Assert.Contains("\r\nUpgrade: websocket\r\n", head, StringComparison.Ordinal);
            Assert.Contains("\r\nsec-websocket-protocol: chat\r\n", head, StringComparison.Ordinal);
            Assert.DoesNotContain(":protocol", head, StringComparison.Ordinal);
            Assert.Equal(16, Convert.FromBase64String(key).Length);
            await peer.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: any\r\nSec-WebSocket-Protocol: chat\r\n\r\n");
            Assert.Equal("ping", await peer.ReadAsync(4));
            await peer.SendAsync("pong");
            Assert.Equal("bye", await peer.ReadAsync(3));
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = new FramePeer((await proxy.TunnelAsync(server.Authority)).Stream, isServer: false);
        await client.StartAsync();
        await client.HeadersAsync(1, false, (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":authority", "x.test"), (":path", "/chat"), ("sec-websocket-version", "13"), ("sec-websocket-protocol", "chat"));

        Assert.Equal(":status: 200\nsec-websocket-protocol: chat\n", await client.HeadAsync());
        await client.DataAsync(1, false, "ping");
        Assert.Equal("pong", (await client.NextAsync()).Text);
        await client.DataAsync(1, true, "bye");
        Assert.True((await client.NextAsync()).EndsStream);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowKind.WebSocket, flow.Kind);
        Assert.Equal(FlowState.Done, flow.State);
    }
}
