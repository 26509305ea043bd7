using System.Buffers.Binary;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>Windows (RFC 9113, section 5.2): nobody is sent more than it allows, and a slow side slows the other down.</summary>
public sealed class FlowControlTests
{
    [Fact]
    public async Task SlowReader_StopsTheServer_WhileOtherStreamsGoOn()
    {
        var sent = 0L;
        var stopped = new TaskCompletionSource();
        await using var server = FramePeer.Serve(peer => ServeAsync(peer, 64 * 1024 * 1024, count => Volatile.Write(ref sent, sent + count), stopped));
        await using var proxy = await TestProxy.StartAsync();

        // The client allows 100 kB on a stream and never gives any of it back for the first one.
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority, (Http2Setting.InitialWindowSize, 100_000));
        await client.WindowUpdateAsync(0, 100_000_000);
        await client.GetAsync(1, ("x-size", "large"));
        await client.HeadAsync();
        var got = 0;
        while (got < 100_000)
        {
            got += (await client.NextAsync()).Payload.Length;
        }

        Assert.Equal(100_000, got);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(20));

        // What the proxy holds is bounded by its window, whatever the size of the response.
        Assert.InRange(Volatile.Read(ref sent), 100_000, Http2Connection.StreamWindow + 400_000);

        for (var i = 0; i < 20; i++)
        {
            await client.GetAsync(3 + (i * 2), ("x-size", "small"));
            Assert.Equal(":status: 200\n", await client.HeadAsync());
            Assert.Equal("small", await client.BodyAsync());
        }
    }

    [Fact]
    public async Task SlowServer_StopsTheClient()
    {
        var over = new TaskCompletionSource();
        await using var server = FramePeer.Serve(
            async peer =>
            {
                await peer.HeadAsync();
                await over.Task;
            });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        client.SkipsWindowUpdates = false;
        await client.PostAsync(1);

        // The window of the connection is opened at once; that of the stream is 1 MiB, of which the server takes its 64 KiB.
        Assert.Equal(0, (await client.NextAsync()).StreamId);
        var chunk = new byte[16 * 1024];
        for (var i = 0; i < 64; i++)
        {
            await client.SendAsync(FrameType.Data, FrameFlags.None, 1, chunk);
        }

        // One byte more than is allowed: the proxy has not given anything back.
        await client.SendAsync(FrameType.Data, FrameFlags.None, 1, new byte[1]);
        var reset = await client.NextAsync();
        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.FlowControlError), (reset.Type, reset.Code));
        over.SetResult();
    }

    [Fact]
    public async Task WindowChangesWhileStreamsRun_AreKept()
    {
        await using var server = FramePeer.Serve(peer => ServeAsync(peer, 1000, _ => { }, new TaskCompletionSource()));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority, (Http2Setting.InitialWindowSize, 10));
        await client.GetAsync(1, ("x-size", "large"));
        await client.HeadAsync();
        Assert.Equal(10, (await client.NextAsync()).Payload.Length);

        // 10 are used up: 4 make the window -6, 16 then 6 again, and 7 more come from an update.
        await client.SettingsAsync((Http2Setting.InitialWindowSize, 4));
        await client.WindowUpdateAsync(1, 7);
        Assert.Single((await client.NextAsync()).Payload);
        await client.SettingsAsync((Http2Setting.InitialWindowSize, 16));
        Assert.Equal(12, (await client.NextAsync()).Payload.Length);
        await client.SettingsAsync((Http2Setting.InitialWindowSize, 100_000));
        var rest = 0;
        FramePeer.Frame frame;
        do
        {
            frame = await client.NextAsync();
            rest += frame.Payload.Length;
        }
        while (!frame.EndsStream);

        Assert.Equal(1000 - 23, rest);
    }

    [Fact]
    public async Task ManyStreamsAtOnce_ShareTheConnection()
    {
        await using var server = FramePeer.Serve(peer => ServeAsync(peer, 200_000, _ => { }, new TaskCompletionSource()));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        for (var i = 0; i < 200; i++)
        {
            await client.GetAsync(1 + (i * 2), ("x-size", "large"));
        }

        var sizes = new Dictionary<int, int>();
        var ended = 0;
        while (ended < 200)
        {
            var frame = await client.NextAsync();
            if (frame.Type == FrameType.Data)
            {
                sizes[frame.StreamId] = sizes.GetValueOrDefault(frame.StreamId) + frame.Payload.Length;
                ended += frame.EndsStream ? 1 : 0;
                if (frame.Payload.Length > 0)
                {
                    await client.WindowUpdateAsync(0, frame.Payload.Length);
                    await client.WindowUpdateAsync(frame.StreamId, frame.Payload.Length);
                }
            }
        }

        Assert.All(sizes.Values, size => Assert.Equal(200_000, size));
    }

    /// <summary>Answers each request with as much as it is allowed to send.</summary>
    private static async Task ServeAsync(FramePeer peer, long size, Action<int> onSent, TaskCompletionSource stopped)
    {
        var connection = 65_535L;
        var initial = 65_535L;
        var windows = new Dictionary<int, long>();
        var left = new Dictionary<int, long>();
        peer.SkipsWindowUpdates = false;
        while (true)
        {
            var frame = await peer.ReadAsync();
            switch (frame?.Type)
            {
                case null:
                    return;
                case FrameType.Headers:
                    await peer.HeadersAsync(frame.StreamId, false, (":status", "200"));
                    if (peer.Decode(frame).Contains("x-size: small", StringComparison.Ordinal))
                    {
                        await peer.DataAsync(frame.StreamId, true, "small");
                    }
                    else
                    {
                        windows[frame.StreamId] = initial;
                        left[frame.StreamId] = size;
                    }

                    break;
                case FrameType.WindowUpdate when frame.StreamId == 0:
                    connection += BinaryPrimitives.ReadInt32BigEndian(frame.Payload);
                    break;
                case FrameType.WindowUpdate when windows.ContainsKey(frame.StreamId):
                    windows[frame.StreamId] += BinaryPrimitives.ReadInt32BigEndian(frame.Payload);
                    break;
                case FrameType.Settings when (frame.Flags & FrameFlags.Ack) == 0:
                    for (var i = 0; i < frame.Payload.Length; i += 6)
                    {
                        if (frame.Payload[i + 1] == (int)Http2Setting.InitialWindowSize)
                        {
                            initial = BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.AsSpan(i + 2));
                        }
                    }

                    break;
            }

            foreach (var id in left.Keys.ToList())
            {
                while (left[id] > 0 && windows[id] > 0 && connection > 0)
                {
                    var count = (int)Math.Min(Math.Min(left[id], 16_384), Math.Min(windows[id], connection));
                    left[id] -= count;
                    windows[id] -= count;
                    connection -= count;
                    onSent(count);
                    await peer.SendAsync(FrameType.Data, left[id] == 0 ? FrameFlags.EndStream : FrameFlags.None, id, new byte[count]);
                }

                if (left[id] == 0)
                {
                    left.Remove(id);
                }
                else if (windows[id] == 0)
                {
                    stopped.TrySetResult();
                }
            }
        }
    }
}
