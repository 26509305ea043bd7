using System.Globalization;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>What a peer may not do (RFC 9113), and what it is told then.</summary>
public sealed class ProtocolTests
{
    private static readonly (string Name, string Value)[] Get = [(":method", "GET"), (":scheme", "https"), (":authority", "x.test"), (":path", "/")];

    private static readonly byte[] GetBlock = FramePeer.Encode(Get);

    /// <summary>Frames after the preface and SETTINGS, and the connection error that they are. Streams 1 (its request runs) and 3 (its
    /// request was reset by the client) exist already.</summary>
    public static TheoryData<string, string, uint> ConnectionErrors => new()
    {
        { "DATA on stream 0", "000001 00 00 00000000 61", 1 },
        { "DATA on an idle stream", "000001 00 00 00000009 61", 1 },
        { "DATA with more padding than bytes", "000002 00 08 00000001 0261", 1 },
        { "DATA that is too long", "004001 00 00 00000001", 6 },
        { "HEADERS on stream 0", "000001 01 05 00000000 82", 1 },
        { "HEADERS on an even stream", "000001 01 05 00000008 82", 1 },
        { "HEADERS below the last stream", "000001 01 05 00000001 82", 5 },
        { "HEADERS with more padding than bytes", "000002 01 0d 00000009 0282", 1 },
        { "HEADERS that cannot be decoded", "000001 01 05 00000009 80", 9 },
        { "HEADERS cut short by another frame", "000001 01 01 00000009 82 000008 06 00 00000000 0000000000000000", 1 },
        { "CONTINUATION of another stream", "000001 01 01 00000009 82 000001 09 04 0000000b 84", 1 },
        { "CONTINUATION without HEADERS", "000001 09 04 00000001 82", 1 },
        { "PRIORITY on stream 0", "000005 02 00 00000000 0000000010", 1 },
        { "RST_STREAM on stream 0", "000004 03 00 00000000 00000008", 1 },
        { "RST_STREAM on an idle stream", "000004 03 00 00000009 00000008", 1 },
        { "RST_STREAM of the wrong length", "000003 03 00 00000001 000008", 6 },
        { "SETTINGS on a stream", "000000 04 00 00000001", 1 },
        { "SETTINGS of the wrong length", "000003 04 00 00000000 000300", 6 },
        { "SETTINGS ACK with a payload", "000006 04 01 00000000 000300000064", 6 },
        { "SETTINGS_ENABLE_PUSH of 2", "000006 04 00 00000000 000200000002", 1 },
        { "SETTINGS_INITIAL_WINDOW_SIZE too large", "000006 04 00 00000000 000480000000", 3 },
        { "SETTINGS_MAX_FRAME_SIZE too small", "000006 04 00 00000000 000500003fff", 1 },
        { "SETTINGS_MAX_FRAME_SIZE too large", "000006 04 00 00000000 000501000000", 1 },
        { "PUSH_PROMISE from a client", "000005 05 04 00000001 0000000282", 1 },
        { "PING on a stream", "000008 06 00 00000001 0000000000000000", 1 },
        { "PING of the wrong length", "000006 06 00 00000000 000000000000", 6 },
        { "GOAWAY on a stream", "000008 07 00 00000001 0000000000000000", 1 },
        { "GOAWAY too short", "000007 07 00 00000000 00000000000000", 6 },
        { "WINDOW_UPDATE of 0", "000004 08 00 00000000 00000000", 1 },
        { "WINDOW_UPDATE beyond the largest window", "000004 08 00 00000000 7fffffff", 3 },
        { "WINDOW_UPDATE of the wrong length", "000003 08 00 00000000 000001", 6 },
        { "WINDOW_UPDATE on an idle stream", "000004 08 00 00000009 00000001", 1 },
    };

    /// <summary>Frames that are errors of one stream alone; the connection goes on.</summary>
    public static TheoryData<string, string, uint> StreamErrors => new()
    {
        { "WINDOW_UPDATE of 0", "000004 08 00 00000001 00000000", 1 },
        { "WINDOW_UPDATE beyond the largest window", "000004 08 00 00000001 7fffffff", 3 },
        { "DATA after the end", "000001 00 00 00000001 61", 5 },
        { "HEADERS after the end", "000001 01 05 00000001 82", 5 },
        { "DATA after RST_STREAM", "000001 00 00 00000003 61", 5 },
        { "HEADERS after RST_STREAM", "000001 01 05 00000003 82", 5 },
        { "PRIORITY of the wrong length", "000004 02 00 00000001 80000001", 6 },
    };

    /// <summary>Requests that are malformed (section 8.1.1), as field lists.</summary>
    public static TheoryData<string, string> MalformedRequests => new()
    {
        { "a name in upper case", ":method=GET|:scheme=https|:authority=x|:path=/|X-A=1" },
        { "a name with a space", ":method=GET|:scheme=https|:authority=x|:path=/|x a=1" },
        { "a name with a colon", ":method=GET|:scheme=https|:authority=x|:path=/|x:a=1" },
        { "a name with a line end", ":method=GET|:scheme=https|:authority=x|:path=/|x\r\na=1" },
        { "an empty name", ":method=GET|:scheme=https|:authority=x|:path=/|=1" },
        { "a value with a line end", ":method=GET|:scheme=https|:authority=x|:path=/|x=1\r\ny: 2" },
        { "a value with a NUL", ":method=GET|:scheme=https|:authority=x|:path=/|x=1\0" },
        { "a value with white space before", ":method=GET|:scheme=https|:authority=x|:path=/|x= 1" },
        { "a value with white space behind", ":method=GET|:scheme=https|:authority=x|:path=/|x=1\t" },
        { "connection", ":method=GET|:scheme=https|:authority=x|:path=/|connection=close" },
        { "transfer-encoding", ":method=GET|:scheme=https|:authority=x|:path=/|transfer-encoding=chunked" },
        { "te other than trailers", ":method=GET|:scheme=https|:authority=x|:path=/|te=gzip" },
        { "no method", ":scheme=https|:authority=x|:path=/" },
        { "no scheme", ":method=GET|:authority=x|:path=/" },
        { "no path", ":method=GET|:scheme=https|:authority=x" },
        { "an empty path", ":method=GET|:scheme=https|:authority=x|:path=" },
        { "a path with a space", ":method=GET|:scheme=https|:authority=x|:path=/ HTTP/1.1" },
        { "a path with a line end", ":method=GET|:scheme=https|:authority=x|:path=/\r\nx: y" },
        { "a path that is none", ":method=GET|:scheme=https|:authority=x|:path=http://y/" },
        { "a method with a space", ":method=GET /x|:scheme=https|:authority=x|:path=/" },
        { "an authority with a line end", ":method=GET|:scheme=https|:authority=x\r\ny|:path=/" },
        { "no authority", ":method=GET|:scheme=https|:path=/" },
        { "another host", ":method=GET|:scheme=https|:authority=x|:path=/|host=y" },
        { "two hosts", ":method=GET|:scheme=https|:path=/|host=x|host=x" },
        { "a method twice", ":method=GET|:method=GET|:scheme=https|:authority=x|:path=/" },
        { "an unknown pseudo-header field", ":method=GET|:scheme=https|:authority=x|:path=/|:x=1" },
        { "a status", ":method=GET|:scheme=https|:authority=x|:path=/|:status=200" },
        { "a pseudo-header field behind another", ":method=GET|:scheme=https|:authority=x|x=1|:path=/" },
        { "a protocol without CONNECT", ":method=GET|:protocol=websocket|:scheme=https|:authority=x|:path=/" },
        { "CONNECT with a path", ":method=CONNECT|:scheme=https|:authority=x|:path=/" },
        { "content-length without a body", ":method=GET|:scheme=https|:authority=x|:path=/|content-length=5" },
        { "two content-lengths", ":method=GET|:scheme=https|:authority=x|:path=/|content-length=0|content-length=5" },
        { "content-length that is no number", ":method=GET|:scheme=https|:authority=x|:path=/|content-length=+0" },
    };

    [Theory]
    [MemberData(nameof(ConnectionErrors))]
    public async Task ConnectionError_IsToldByGoAwayAndEndsTheConnection(string what, string hex, uint code)
    {
        await using var server = FramePeer.Serve(HoldAsync);
        await using var proxy = await TestProxy.StartAsync();
        using var client = await StartAsync(proxy, server);

        await client.Stream.WriteAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        var frame = await client.NextAsync();
        if (code == 5)
        {
            Assert.Equal((FrameType.ResetStream, (Http2ErrorCode)code), (frame.Type, frame.Code));
            return;
        }

        Assert.True(frame.Type == FrameType.GoAway, $"{what}: {frame.Type}");
        Assert.Equal((Http2ErrorCode)code, frame.Code);
        Assert.Null(await client.ReadAsync());
    }

    [Theory]
    [MemberData(nameof(StreamErrors))]
    public async Task StreamError_IsToldByResetAndTheConnectionGoesOn(string what, string hex, uint code)
    {
        await using var server = FramePeer.Serve(HoldAsync);
        await using var proxy = await TestProxy.StartAsync();
        using var client = await StartAsync(proxy, server);

        await client.Stream.WriteAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        var frame = await client.NextAsync();
        Assert.True(frame.Type == FrameType.ResetStream, $"{what}: {frame.Type}");
        Assert.Equal((Http2ErrorCode)code, frame.Code);
        await AssertAnswersPingAsync(client);
    }

    [Theory]
    [MemberData(nameof(MalformedRequests))]
    public async Task MalformedRequest_IsResetAndRecordedAndGoesNowhere(string what, string fields)
    {
        var reached = false;
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.NextAsync();
            reached = true;
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);

        await client.HeadersAsync(1, true, [.. fields.Split('|').Select(Field)]);

        var frame = await client.NextAsync();
        Assert.True(frame.Type == FrameType.ResetStream, $"{what}: {frame.Type}");
        Assert.Equal(Http2ErrorCode.ProtocolError, frame.Code);
        await AssertAnswersPingAsync(client);
        Assert.False(reached);
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(FlowStep.Request, flow.Error!.Step);
        Assert.NotEmpty(flow.Error.Message);
    }

    [Theory]
    [InlineData(3, "abcd", true)]
    [InlineData(5, "abcd", true)]
    [InlineData(3, "abcd", false)]
    public async Task RequestBody_OtherThanContentLength_IsResetOnBothSides(int announced, string body, bool isLast)
    {
        var seen = new TaskCompletionSource<FramePeer.Frame>();
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            FramePeer.Frame frame;
            while ((frame = await peer.NextAsync()).Type == FrameType.Data)
            {
                Assert.False(frame.EndsStream);
                Assert.True(frame.Payload.Length < announced || announced == 5);
            }

            seen.TrySetResult(frame);
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.PostAsync(1, ("content-length", announced.ToString(CultureInfo.InvariantCulture)));
        await client.DataAsync(1, isLast, body);

        var reset = await client.NextAsync();
        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.ProtocolError), (reset.Type, reset.Code));
        Assert.Equal(FrameType.ResetStream, (await seen.Task.WaitAsync(TimeSpan.FromSeconds(10))).Type);
        Assert.Contains("content-length announced", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(":status=200|X-A=1")]
    [InlineData(":status=200|connection=close")]
    [InlineData(":status=200|x=1\r\ny: 2")]
    [InlineData(":status=2000")]
    [InlineData(":status=101")]
    [InlineData("x=1")]
    [InlineData(":status=200|:path=/")]
    [InlineData(":status=200|content-length=5")]
    public async Task MalformedResponse_IsResetAndNeverPassedOn(string fields)
    {
        var seen = new TaskCompletionSource<FramePeer.Frame>();
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.HeadersAsync(1, true, [.. fields.Split('|').Select(Field)]);
            seen.TrySetResult(await peer.NextAsync());
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);

        Assert.StartsWith(":status: 502\n", await client.HeadAsync(), StringComparison.Ordinal);
        var reset = await seen.Task;
        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.ProtocolError), (reset.Type, reset.Code));
        Assert.Equal(FlowStep.Response, (await proxy.Sink.NextAsync()).Error!.Step);
    }

    [Theory]
    [InlineData("PING", "000008 06 00 00000000 0000000000000000")]
    [InlineData("SETTINGS", "000006 04 00 00000000 000300000064")]
    [InlineData("empty DATA", "000000 00 00 00000005")]
    [InlineData("PRIORITY", "000005 02 00 00000001 0000000010")]
    [InlineData("unknown frames", "000001 f0 00 00000000 00")]
    [InlineData("frames after a reset", "000001 00 00 00000003 61")]
    public async Task Flood_EndsTheConnection(string what, string hex)
    {
        await using var server = FramePeer.Serve(HoldAsync);
        await using var proxy = await TestProxy.StartAsync();
        using var client = await StartAsync(proxy, server);
        await client.PostAsync(5);
        var frame = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var thousand = Enumerable.Repeat(frame, 1000).SelectMany(bytes => bytes).ToArray();
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await client.Stream.WriteAsync(thousand);
            }
        });

        Assert.True(await IsToldToCalmDownAsync(client), what);
        await Record.ExceptionAsync(() => sending);
    }

    [Fact]
    public async Task RapidReset_EndsTheConnection()
    {
        await using var server = FramePeer.Serve(HoldAsync);
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                await client.GetAsync((i * 2) + 1);
                await client.ResetAsync((i * 2) + 1, Http2ErrorCode.Cancel);
            }
        });

        Assert.True(await IsToldToCalmDownAsync(client));
        await Record.ExceptionAsync(() => sending);
    }

    [Fact]
    public async Task ContinuationFlood_EndsTheConnection()
    {
        await using var server = FramePeer.Serve(HoldAsync);
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.SendAsync(FrameType.Headers, FrameFlags.None, 1, GetBlock);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                await client.SendAsync(FrameType.Continuation, FrameFlags.None, 1, new byte[4096]);
            }
        });

        Assert.True(await IsToldToCalmDownAsync(client));
        await Record.ExceptionAsync(() => sending);
    }

    [Fact]
    public async Task HeadTooLarge_IsAnsweredWith431AndTheConnectionGoesOn()
    {
        await using var server = FramePeer.Serve(HoldAsync);
        await using var proxy = await TestProxy.StartAsync(options => options with { MaxHeadSize = 10_000 });
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1, ("x", new string('x', 12_000)));

        Assert.StartsWith(":status: 431\n", await client.HeadAsync(), StringComparison.Ordinal);
        await client.BodyAsync();
        await AssertAnswersPingAsync(client);
    }

    [Fact]
    public async Task TooManyStreams_AreRefusedAndTheRestGoesOn()
    {
        await using var server = FramePeer.Serve(HoldAsync);
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        for (var i = 0; i <= Http2Connection.MaxStreams; i++)
        {
            await client.GetAsync((i * 2) + 1);
        }

        var reset = await client.NextAsync();
        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.RefusedStream), (reset.Type, reset.Code));
        Assert.Equal((Http2Connection.MaxStreams * 2) + 1, reset.StreamId);
    }

    [Fact]
    public void Receive_MutatedBytes_NeverThrowsOrHangs()
    {
        // A whole, correct conversation, with bytes changed, cut out and doubled.
        var whole = new List<byte>(Http2Preface.Bytes.ToArray());
        void Frame(FrameType type, FrameFlags flags, int streamId, byte[] payload)
        {
            var header = new byte[FrameHeader.Size];
            new FrameHeader(payload.Length, type, flags, streamId).Write(header);
            whole.AddRange([.. header, .. payload]);
        }

        Frame(FrameType.Settings, FrameFlags.None, 0, [0, 4, 0, 1, 0, 0]);
        Frame(FrameType.Headers, FrameFlags.EndHeaders, 1, GetBlock);
        Frame(FrameType.Data, FrameFlags.Padded, 1, [2, .. "abc"u8, 0, 0]);
        Frame(FrameType.Headers, FrameFlags.EndStream, 3, GetBlock[..5]);
        Frame(FrameType.Continuation, FrameFlags.EndHeaders, 3, GetBlock[5..]);
        Frame(FrameType.WindowUpdate, FrameFlags.None, 1, [0, 0, 1, 0]);
        Frame(FrameType.ResetStream, FrameFlags.None, 1, [0, 0, 0, 8]);
        Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
        Frame(FrameType.GoAway, FrameFlags.None, 0, new byte[8]);
        var random = new Random(3);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new List<byte>(whole);
            for (var i = random.Next(6); i > 0; i--)
            {
                var at = random.Next(Http2Preface.Bytes.Length, bytes.Count);
                switch (random.Next(3))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 10), bytes.Count - at));
                        break;
                    default:
                        bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)));
                        break;
                }
            }

            var connection = new Http2Connection(true, 10_000, TimeProvider.System, new Ignore());
            connection.Start(() => { });
            var input = bytes.ToArray();
            var used = 0;
            for (var end = Math.Min(7, input.Length); ; end = Math.Min(input.Length, end + random.Next(1, 60)))
            {
                used += connection.Receive(input.AsSpan(used, end - used));
                if (end == input.Length || connection.IsOver)
                {
                    break;
                }
            }

            connection.End(new IOException("over"));
            connection.ReleaseBuffers();
        }
    }

    private static async Task<FramePeer> StartAsync(TestProxy proxy, RawServer server)
    {
        var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(1);
        await client.GetAsync(3);
        await client.ResetAsync(3, Http2ErrorCode.Cancel);
        return client;
    }

    private static (string Name, string Value) Field(string field)
    {
        var at = field.IndexOf('=', StringComparison.Ordinal);
        return (field[..at], field[(at + 1)..]);
    }

    /// <summary>Takes requests and answers none.</summary>
    private static async Task HoldAsync(FramePeer peer)
    {
        while (await peer.ReadAsync() is not null)
        {
        }
    }

    private static async Task AssertAnswersPingAsync(FramePeer client)
    {
        await client.SendAsync(FrameType.Ping, FrameFlags.None, 0, "12345678"u8.ToArray());
        var pong = await client.NextAsync();
        Assert.Equal((FrameType.Ping, FrameFlags.Ack, "12345678"), (pong.Type, pong.Flags, pong.Text));
    }

    private static async Task<bool> IsToldToCalmDownAsync(FramePeer client)
    {
        while (await client.ReadAsync() is { } frame)
        {
            if (frame.Type == FrameType.GoAway)
            {
                return frame.Code == Http2ErrorCode.EnhanceYourCalm;
            }
        }

        return false;
    }

    private sealed class Ignore : IHttp2Handler
    {
        public void OnRequest(Http2Stream stream, RequestHead request, Http2RequestProblem? problem)
        {
            Assert.True(problem is not null || request.Headers.Count == RequestHead.Parse(request.Raw).Headers.Count);
            stream.Release();
        }
    }
}
