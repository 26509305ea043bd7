using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>How HTTP/2 connections end when MitmWeb stops, or when a peer is silent.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Stop_TellsClientsAndServersThatItIsNoError()
    {
        var told = new TaskCompletionSource<FramePeer.Frame>();
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.HeadersAsync(1, true, (":status", "204"));
            told.TrySetResult(await peer.NextAsync());
            Assert.Null(await peer.ReadAsync());
        });
        var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);
        Assert.Equal(":status: 204\n", await client.HeadAsync());

        var stopping = proxy.DisposeAsync();

        var frame = await client.NextAsync();
        Assert.Equal((FrameType.GoAway, Http2ErrorCode.NoError), (frame.Type, frame.Code));
        Assert.Null(await client.ReadAsync());
        client.Dispose();
        frame = await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((FrameType.GoAway, Http2ErrorCode.NoError), (frame.Type, frame.Code));
        await stopping;
    }

    [Fact]
    public async Task Stop_WhileAResponseRuns_EndsTheFlowAndTellsTheClient()
    {
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.HeadersAsync(1, false, (":status", "200"));
            await peer.DataAsync(1, false, "some");
            while (await peer.ReadAsync() is not null)
            {
            }
        });
        var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);
        Assert.Equal(":status: 200\n", await client.HeadAsync());
        Assert.Equal("some", (await client.NextAsync()).Text);

        var stopping = proxy.DisposeAsync();

        FramePeer.Frame frame;
        while ((frame = await client.NextAsync()).Type != FrameType.GoAway)
        {
            Assert.False(frame.EndsStream, "What is cut off must not look complete.");
        }

        Assert.Equal(Http2ErrorCode.NoError, frame.Code);
        client.Dispose();
        await stopping;
        Assert.Contains("stopped", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Settings_NotAcknowledgedInTime_EndTheConnection(bool isServer)
    {
        var time = new ManualTime();
        var connection = new Http2Connection(true, 10_000, time, isServer ? new Nobody() : null);
        connection.Start(() => { });

        time.Advance(Http2Connection.SettingsLimit);

        Assert.True(connection.IsOver);
        Assert.Equal(Http2ErrorCode.SettingsTimeout, Assert.IsType<Http2ConnectionException>(connection.Failure).Code);
        var output = new PooledBuffer(1024);
        Assert.True(connection.TakeOutput(ref output));
        var bytes = output.Memory.ToArray();
        var goAway = bytes.AsSpan().IndexOf(new byte[] { (byte)FrameType.GoAway, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)Http2ErrorCode.SettingsTimeout });
        Assert.True(goAway > 0);
    }

    [Fact]
    public void Settings_Acknowledged_NoTimeoutFollows()
    {
        var time = new ManualTime();
        var connection = new Http2Connection(true, 10_000, time, null);
        connection.Start(() => { });
        connection.Receive([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0]);

        time.Advance(Http2Connection.SettingsLimit);

        Assert.False(connection.IsOver);
    }

    private sealed class Nobody : IHttp2Handler
    {
        public void OnRequest(Http2Stream stream, MitmWeb.Proxy.Http.RequestHead request, Http2RequestProblem? problem) => stream.Release();
    }
}
