using System.Net.Sockets;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Connections;

/// <summary>Clients that leave in the middle of an upload which the server does not take: nobody reads from them then.</summary>
public sealed class ClientLeavesTests
{
    private const string Piece = "0123456789abcdef";

    public enum Way
    {
        Reset,
        End,
    }

    [Theory]
    [InlineData(Way.Reset, false)]
    [InlineData(Way.Reset, true)]
    [InlineData(Way.End, false)]
    [InlineData(Way.End, true)]
    public async Task Upload_ServerThatDoesNotRead_ClientThatLeaves_IsBrokenOffAtTheServer(Way way, bool isChunked)
    {
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var broken = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async peer =>
        {
            await mayRead.Task;
            try
            {
                var buffer = new byte[256 * 1024];
                while (await peer.Stream.ReadAsync(buffer) > 0)
                {
                }

                broken.SetResult(null);
            }
            catch (IOException exception)
            {
                broken.SetResult(exception);
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\n{(isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 99999999999")}\r\n\r\n");
        await FillAsync(client.Socket, isChunked);

        if (way == Way.Reset)
        {
            client.Socket.LingerState = new LingerOption(true, 0);
            client.Socket.Close();
        }
        else
        {
            // What waits in this side's buffers stands before the end: it is only seen once there is room for it.
            client.Socket.Shutdown(SocketShutdown.Send);
        }

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowState.Error, flow.State);
        Assert.Equal("The client closed the connection before the response had begun.", flow.Error!.Message);
        mayRead.SetResult();
        Assert.NotNull(await broken.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_ServerThatReadsLate_ClientThatHasSentEverythingAndEndsItsSide_GetsItsAnswer(bool isChunked)
    {
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        const int Length = 12 * 1024 * 1024;
        await using var server = new RawServer(async peer =>
        {
            await mayRead.Task;
            await peer.ReadHeadAsync();
            var buffer = new byte[256 * 1024];
            for (var left = isChunked ? Length + 16 : Length; left > 0;)
            {
                var count = await peer.Stream.ReadAsync(buffer);
                Assert.NotEqual(0, count);
                left -= count;
            }

            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await proxy.TunnelAsync(server.Authority);
        var sending = Task.Run(async () =>
        {
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\n{(isChunked ? "Transfer-Encoding: chunked" : $"Content-Length: {Length}")}\r\n\r\n");
            await client.SendAsync((isChunked ? $"{Length:x6}\r\n" : "") + new string('x', Length) + (isChunked ? "\r\n0\r\n\r\n" : ""));
            client.Socket.Shutdown(SocketShutdown.Send);
        });

        // A few rounds of looking after the clients, counted by one that is closed for its silence.
        for (var i = 0; i < 2; i++)
        {
            await using var other = await TestProxy.StartAsync(options => options with { ClientIdleTimeout = TimeSpan.FromSeconds(1) });
            using var idle = await other.ConnectAsync();
            Assert.Equal("", await idle.ReadToEndAsync());
        }

        mayRead.SetResult();

        await sending;
        Assert.StartsWith("HTTP/1.1 204 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
    }

    /// <summary>Sends until the proxy has stopped reading, but no more than it has room for.</summary>
    private static async Task FillAsync(Socket socket, bool isChunked)
    {
        var data = new byte[64 * 1024];
        Array.Fill(data, (byte)'x');
        if (isChunked)
        {
            "fff8\r\n"u8.CopyTo(data);
        }

        var total = 0L;
        for (var quiet = 0; quiet < 20;)
        {
            socket.Blocking = false;
            var sent = socket.Send(data, SocketFlags.None, out var error);
            total += Math.Max(sent, 0);
            quiet = error == SocketError.WouldBlock ? quiet + 1 : 0;
            await Task.Delay(10);
        }
    }
}
