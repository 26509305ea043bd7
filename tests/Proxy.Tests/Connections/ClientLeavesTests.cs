using System.Net.Sockets;
using System.Text;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Connections;

/// <summary>Clients that leave in the middle of an upload which the server does not take: nobody reads from them then.</summary>
public sealed class ClientLeavesTests
{
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
        await FillAsync(proxy, client, isChunked);

        if (way == Way.Reset)
        {
            client.Socket.LingerState = new LingerOption(true, 0);
            client.Socket.Close();
        }
        else
        {
            client.Socket.Shutdown(SocketShutdown.Send);
        }

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowState.Error, flow.State);
        Assert.Equal("The client closed the connection before the response had begun.", flow.Error!.Message);
        mayRead.SetResult();
        Assert.NotNull(await broken.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Upload_ServerThatReadsLate_ClientThatHasSentEverythingAndEndsItsSide_GetsItsAnswer()
    {
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async peer =>
        {
            await mayRead.Task;
            var buffer = new byte[256 * 1024];
            var last = new List<byte>();
            while (!last.ToArray().AsSpan().EndsWith("\r\n0\r\n\r\n"u8))
            {
                var count = await peer.Stream.ReadAsync(buffer);
                Assert.NotEqual(0, count);
                last = [.. last.TakeLast(8), .. buffer.AsSpan(Math.Max(0, count - 8), Math.Min(count, 8))];
            }

            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await peer.ReadToEndAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { ClientIdleTimeout = TimeSpan.FromSeconds(5) });
        using var client = await proxy.TunnelAsync(server.Authority);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        await FillAsync(proxy, client, isChunked: true);
        await client.SendAsync("0\r\n\r\n");
        client.Socket.Shutdown(SocketShutdown.Send);

        // The proxy looks after its clients in rounds: one that is closed for its silence tells that some have passed.
        using (var idle = await proxy.ConnectAsync())
        {
            Assert.Equal("", await idle.ReadToEndAsync());
        }

        mayRead.SetResult();

        Assert.StartsWith("HTTP/1.1 204 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(FlowState.Done, (await proxy.Sink.NextAsync()).State);
    }

    [Theory]
    [InlineData("Content-Length: 10", "0123456789", true)]
    [InlineData("Content-Length: 10", "012345678", false)]
    [InlineData("Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n", true)]
    [InlineData("Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\nX: y\r\n\r\n", true)]
    [InlineData("Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n", false)]
    [InlineData("Transfer-Encoding: chunked", "3\r\nab", false)]
    public async Task CompletesWith_WhatIsQueued_SaysWhetherTheBodyEnds(string framing, string wire, bool isWhole)
    {
        var bytes = Encoding.Latin1.GetBytes(wire);
        for (var read = Math.Min(4, bytes.Length); read <= bytes.Length; read++)
        {
            using var reader = new WireReader(new MemoryStream(bytes[..read]));
            var body = new Http1BodySource(reader, BodyFraming.OfRequest(RequestHead.Parse(Encoding.Latin1.GetBytes($"POST / HTTP/1.1\r\n{framing}\r\n\r\n"))));
            await body.ReadAsync(CancellationToken.None);

            Assert.Equal(isWhole, body.CompletesWith(bytes.AsSpan(read)));
        }
    }

    /// <summary>Sends until the proxy takes no more, because the server does not.</summary>
    private static async Task FillAsync(TestProxy proxy, RawPeer client, bool isChunked)
    {
        const int Size = 32 * 1024;
        var piece = (isChunked ? $"{Size:x}\r\n" : "") + new string('x', Size) + (isChunked ? "\r\n" : "");
        for (var sent = Size; ; sent += Size)
        {
            await client.SendAsync(piece);
            for (var patience = 400; proxy.Sink.BodyLength(1, MessageSide.Request) < sent; patience--)
            {
                if (patience == 0)
                {
                    return;
                }

                await Task.Delay(5);
            }
        }
    }
}
