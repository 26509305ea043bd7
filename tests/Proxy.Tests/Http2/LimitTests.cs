using System.Globalization;
using System.Net.Security;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>Limits of bodies over HTTP/2, and what passes where nothing is validated.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BodySizeLimit_LongerRequest_Gives413(bool isAnnounced)
    {
        var reset = new TaskCompletionSource<FramePeer.Frame>();
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            FramePeer.Frame frame;
            while ((frame = await peer.NextAsync()).Type == FrameType.Data)
            {
                Assert.False(frame.EndsStream, "What is cut off must not look complete.");
            }

            reset.TrySetResult(frame);
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { BodySizeLimit = 10 });
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.PostAsync(1, isAnnounced ? [("content-length", "11")] : []);
        await client.DataAsync(1, false, "0123456");
        await client.DataAsync(1, true, "7890");

        Assert.StartsWith(":status: 413\n", await client.HeadAsync(), StringComparison.Ordinal);
        Assert.Contains("longer than the limit of 10 bytes", await client.BodyAsync(), StringComparison.Ordinal);
        if (!isAnnounced)
        {
            Assert.Equal(FrameType.ResetStream, (await reset.Task.WaitAsync(TimeSpan.FromSeconds(20))).Type);
        }

        Assert.Contains("longer than the limit of 10 bytes", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BodySizeLimit_LongerResponse_Gives502OrIsReset(bool isAnnounced)
    {
        var told = new TaskCompletionSource<FramePeer.Frame>();
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.HeadersAsync(1, false, isAnnounced ? [(":status", "200"), ("content-length", "20")] : [(":status", "200")]);
            await peer.DataAsync(1, false, "0123456789");
            await peer.DataAsync(1, false, "0");
            told.TrySetResult(await peer.NextAsync());
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { BodySizeLimit = 10 });
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);

        if (isAnnounced)
        {
            Assert.StartsWith(":status: 502\n", await client.HeadAsync(), StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(":status: 200\n", await client.HeadAsync());
            FramePeer.Frame frame;
            while ((frame = await client.NextAsync()).Type == FrameType.Data)
            {
                Assert.False(frame.EndsStream, "What is cut off must not look complete.");
            }

            Assert.Equal(FrameType.ResetStream, frame.Type);
        }

        Assert.Equal(FrameType.ResetStream, (await told.Task.WaitAsync(TimeSpan.FromSeconds(20))).Type);
        Assert.Contains("response's body is longer", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a name in upper case", "X-A=1|Host=y")]
    [InlineData("a name with a space", "x a=1")]
    [InlineData("white space around a value", "x= 1 |y=\t2")]
    [InlineData("NUL and CR", "x=a\0b\rc")]
    [InlineData("fields of HTTP/1.1", "connection=close|transfer-encoding=chunked|te=gzip|upgrade=h2c")]
    [InlineData("another host", "host=other.test")]
    [InlineData("two lengths", "content-length=5|content-length=6")]
    public async Task ValidationOff_MalformedHead_PassesAsItIs(string what, string fields)
    {
        var list = fields.Split('|').Select(field => field.Split('=', 2)).Select(pair => (pair[0], pair[1])).ToArray();
        var lines = string.Concat(list.Select(field => $"{field.Item1}: {field.Item2}\n"));
        var seen = new TaskCompletionSource<string>();
        await using var server = FramePeer.Serve(async peer =>
        {
            seen.TrySetResult(await peer.HeadAsync());
            await peer.HeadersAsync(1, true, [(":status", "200"), .. list.Where(field => field.Item1 != "content-length")]);
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync(options => options with { ValidateInboundHeaders = false });
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1, list);

        var head = await client.HeadAsync();
        Assert.True(head == $":status: 200\n{(what == "two lengths" ? "" : lines)}", $"{what}: {head}");
        Assert.Equal($":method: GET\n:scheme: https\n:authority: x.test\n:path: /\n{lines}", await seen.Task);
        Assert.Null((await proxy.Sink.NextAsync()).Error);
    }

    [Theory]
    [InlineData(":method=GET|:scheme=https|:authority=x|:path=/|x=1\r\ny: 2")]
    [InlineData(":method=GET|:scheme=https|:authority=x|:path=/|a:b=1")]
    [InlineData(":method=GET|:scheme=https|:authority=x|:path=/\n")]
    [InlineData(":method=GET|:scheme=https|:authority=x|:path=/|:path=/")]
    [InlineData(":method=GET|:scheme=https|:authority=x")]
    [InlineData(":method=GET /x|:scheme=https|:authority=x|:path=/")]
    public async Task ValidationOff_HeadThatCannotBeShown_IsRefusedAllTheSame(string fields)
    {
        await using var server = FramePeer.Serve(async peer => Assert.NotEqual(FrameType.Headers, (await peer.NextAsync()).Type));
        await using var proxy = await TestProxy.StartAsync(options => options with { ValidateInboundHeaders = false });
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.HeadersAsync(1, true, [.. fields.Split('|').Select(field => field.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);

        var reset = await client.NextAsync();
        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.ProtocolError), (reset.Type, reset.Code));
        Assert.Equal(FlowStep.Request, (await proxy.Sink.NextAsync()).Error!.Step);
    }

    [Theory]
    [InlineData("content-length=3", "hello", "content-length: 3\r\n\r\nhello")]
    [InlineData("transfer-encoding=chunked", "0\r\n\r\nGET /smuggled", "transfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled")]
    [InlineData("host=inner.test", "", "host: inner.test\r\n\r\n")]
    public async Task ValidationOff_ToAServerOfHttp1_GoesOverAConnectionOfItsOwn(string field, string content, string expected)
    {
        var seen = new List<string>();
        await using var server = new RawServer(
            async peer =>
            {
                while (true)
                {
                    seen.Add(await peer.ReadUntilAsync(expected));
                    await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
            },
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11));
        await using var proxy = await TestProxy.StartAsync(options => options with { ValidateInboundHeaders = false });
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        var pair = field.Split('=');
        for (var streamId = 1; streamId < 5; streamId += 2)
        {
            await client.HeadersAsync(streamId, content.Length == 0, (":method", "POST"), (":scheme", "https"), (":authority", "x.test"), (":path", "/"), (pair[0], pair[1]));
            if (content.Length > 0)
            {
                await client.DataAsync(streamId, true, content);
            }

            Assert.StartsWith(":status: 200\n", await client.HeadAsync(), StringComparison.Ordinal);
            var flow = await proxy.Sink.NextAsync();
            Assert.Equal(content, Encoding.Latin1.GetString(proxy.Sink.Body(flow, MessageSide.Request)));
            Assert.False(flow.ServerReused);
        }

        Assert.All(seen, one => Assert.Equal($"POST / HTTP/1.1\r\nHost: x.test\r\n{expected}", one));
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public async Task ValidationOff_LengthThatFits_LeavesTheConnectionInUse()
    {
        // The length that is announced is the one that is sent: nothing is doubtful, and the connection serves again.
        await using var server = new RawServer(
            async peer =>
            {
                while (true)
                {
                    await peer.ReadUntilAsync("hello");
                    await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
            },
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http11));
        await using var proxy = await TestProxy.StartAsync(options => options with { ValidateInboundHeaders = false });
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        for (var i = 0; i < 2; i++)
        {
            await client.PostAsync((i * 2) + 1, ("content-length", 5.ToString(CultureInfo.InvariantCulture)));
            await client.DataAsync((i * 2) + 1, true, "hello");
            Assert.StartsWith(":status: 200\n", await client.HeadAsync(), StringComparison.Ordinal);
            Assert.Equal(i == 1, (await proxy.Sink.NextAsync()).ServerReused);
        }
    }
}
