using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Http2;

/// <summary>Cases that h2spec tries: what must be ignored, what must not be borne, from clients and from servers.</summary>
public sealed class ConformanceTests
{
    /// <summary>Frames that mean nothing here, sent before a request; it is served all the same.</summary>
    public static TheoryData<string, string> Ignored => new()
    {
        { "a frame of an unknown type", "000008 16 ff 00000000 0000000000000000" },
        { "a frame of an unknown type on an idle stream", "000001 f0 00 0000001f 00" },
        { "PRIORITY on an idle stream", "000005 02 00 00000007 0000000010" },
        { "PRIORITY that depends on itself", "000005 02 00 00000007 0000000710" },
        { "an unknown setting", "000006 04 00 00000000 00ff00000001" },
        { "settings given twice", "00000c 04 00 00000000 000400000064 00040000ffff" },
        { "SETTINGS with unknown flags", "000000 04 fe 00000000" },
        { "PING with unknown flags", "000008 06 fe 00000000 0000000000000000" },
        { "an acknowledgement of a PING that nobody sent", "000008 06 01 00000000 0000000000000000" },
        { "GOAWAY with an unknown code and data behind it", "00000b 07 00 00000000 00000000 000000ff 616263" },
        { "a reserved bit in a stream's number", "000008 06 00 80000000 0000000000000000" },
        { "WINDOW_UPDATE with its reserved bit", "000004 08 00 00000000 80000001" },
        { "PRIORITY_UPDATE", "00000b 10 00 00000000 00000001 753d312c692020" },
    };

    /// <summary>Frames from a client that end the connection, with the code.</summary>
    public static TheoryData<string, string, uint> ClientErrors => new()
    {
        { "a frame of an unknown type within a head", "000001 01 01 00000001 82 000001 f0 00 00000000 00", 1 },
        { "PRIORITY within a head", "000001 01 01 00000001 82 000005 02 00 00000001 0000000310", 1 },
        { "HEADERS too short for their priority", "000003 01 25 00000001 000000", 6 },
        { "HEADERS longer than a frame may be", "004001 01 05 00000001", 6 },
        { "CONTINUATION on stream 0", "000001 01 01 00000001 82 000001 09 04 00000000 84", 1 },
        { "a dynamic table larger than was allowed", "000004 01 05 00000001 3fe2ff03", 9 },
        { "a table size update behind a field", "000002 01 05 00000001 8220", 9 },
        { "an index beyond the tables", "000002 01 05 00000001 ffff", 9 },
        { "a string cut short", "000003 01 05 00000001 0005 61", 9 },
        { "Huffman padding that is too long", "000007 01 05 00000001 008561ffffffff", 9 },
        { "SETTINGS_INITIAL_WINDOW_SIZE beyond the limit", "000006 04 00 00000000 0004ffffffff", 3 },
        { "SETTINGS_ENABLE_CONNECT_PROTOCOL of 2", "000006 04 00 00000000 000800000002", 1 },
        { "SETTINGS_ENABLE_CONNECT_PROTOCOL taken back", "00000c 04 00 00000000 000800000001 000800000000", 1 },
    };

    /// <summary>What a server may not send instead of a response, after its SETTINGS.</summary>
    public static TheoryData<string, string, bool> ServerErrors => new()
    {
        { "PUSH_PROMISE", "000005 05 04 00000001 0000000282", true },
        { "HEADERS on a stream of its own", "000001 01 05 00000002 88", true },
        { "HEADERS on a stream that was not opened", "000001 01 05 00000009 88", true },
        { "SETTINGS_ENABLE_PUSH of 1", "000006 04 00 00000000 000200000001", true },
        { "DATA on stream 0", "000001 00 00 00000000 61", true },
        { "a head that cannot be decoded", "000001 01 05 00000001 80", true },
        { "a WINDOW_UPDATE beyond the largest window", "000004 08 00 00000000 7fffffff", true },
        { "a frame that is too long", "004001 00 00 00000001", true },
        { "DATA before the head", "000001 00 01 00000001 61", false },
        { "an interim response that ends the stream", "000005 01 05 00000001 4803313033", false },
        { "a head without a status", "000006 01 05 00000001 00 01 61 01 62 88", false },
    };

    [Theory]
    [MemberData(nameof(Ignored))]
    public async Task MeaninglessFrame_IsIgnoredAndTheRequestServed(string what, string hex)
    {
        await using var server = FramePeer.Serve(async peer =>
        {
            var head = await peer.NextAsync();
            await peer.Stream.WriteAsync(Bytes(hex.StartsWith("00000b 07", StringComparison.Ordinal) ? "" : hex));
            await peer.HeadersAsync(head.StreamId, true, (":status", "204"));
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);

        await client.Stream.WriteAsync(Bytes(hex));
        await client.GetAsync(1);

        FramePeer.Frame frame;
        while ((frame = await client.NextAsync()).Type == FrameType.Ping)
        {
            // Its answer.
        }

        Assert.True(frame.Type == FrameType.Headers, $"{what}: {frame.Type}");
        Assert.Equal(":status: 204\n", client.Decode(frame));
    }

    [Theory]
    [MemberData(nameof(ClientErrors))]
    public async Task ClientError_EndsTheConnectionWithItsCode(string what, string hex, uint code)
    {
        await using var server = FramePeer.Serve(async peer => await peer.ReadAsync());
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);

        await client.Stream.WriteAsync(Bytes(hex));

        var frame = await client.NextAsync();
        Assert.True(frame.Type == FrameType.GoAway, $"{what}: {frame.Type}");
        Assert.Equal((Http2ErrorCode)code, frame.Code);
        Assert.True(frame.Payload.Length > 8, "GOAWAY says in words what was wrong.");
        Assert.Null(await client.ReadAsync());
    }

    [Theory]
    [MemberData(nameof(ServerErrors))]
    public async Task ServerError_GivesA502AndIsToldToTheServer(string what, string hex, bool endsConnection)
    {
        var told = new TaskCompletionSource<FramePeer.Frame>();
        await using var server = FramePeer.Serve(async peer =>
        {
            await peer.HeadAsync();
            await peer.Stream.WriteAsync(Bytes(hex));
            FramePeer.Frame frame;
            while ((frame = await peer.NextAsync()).Type == FrameType.Data)
            {
                // The request's own.
            }

            told.TrySetResult(frame);
            await peer.ReadAsync();
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.PostAsync(1);
        await client.DataAsync(1, true, "");

        FramePeer.Frame frame;
        while ((frame = await client.NextAsync()).Type != FrameType.Headers)
        {
            Assert.NotEqual(FrameType.GoAway, frame.Type);
        }

        Assert.StartsWith(":status: 502\n", client.Decode(frame), StringComparison.Ordinal);
        Assert.Equal(FlowState.Error, (await proxy.Sink.NextAsync()).State);
        var seen = await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(seen.Type == (endsConnection ? FrameType.GoAway : FrameType.ResetStream), $"{what}: {seen.Type}");
        Assert.NotEqual(Http2ErrorCode.NoError, seen.Code);
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task Preface_ThatIsNone_EndsTheConnection(string preface)
    {
        await using var server = FramePeer.Serve(async peer => await peer.ReadAsync());
        await using var proxy = await TestProxy.StartAsync();
        var (peer, _) = await proxy.SecureAsync(server.Authority, "127.0.0.1", System.Net.Security.SslApplicationProtocol.Http2);
        using var client = new FramePeer(peer.Stream, isServer: false, peer.Socket);
        await peer.Stream.WriteAsync(Encoding.Latin1.GetBytes(preface));

        var frame = await client.NextAsync();
        Assert.Equal((FrameType.GoAway, Http2ErrorCode.ProtocolError), (frame.Type, frame.Code));
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task ServerThatBeginsWithoutSettings_Gives502()
    {
        await using var server = new RawServer(
            async peer =>
            {
                await peer.ReadUntilAsync("SM\r\n\r\n");
                await peer.Stream.WriteAsync(Bytes("000008 06 00 00000000 0000000000000000"));
                await peer.ReadToEndAsync();
            },
            RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), System.Net.Security.SslApplicationProtocol.Http2));
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.PostAsync(1);
        await client.DataAsync(1, true, "x");

        Assert.StartsWith(":status: 502\n", await client.HeadAsync(), StringComparison.Ordinal);
        Assert.Contains("SETTINGS", (await proxy.Sink.NextAsync()).Error!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamsThatWereSkipped_CannotBeOpenedLater()
    {
        await using var server = FramePeer.Serve(async peer =>
        {
            while (await peer.ReadAsync() is not null)
            {
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.GetAsync(5);
        await client.GetAsync(3);

        var frame = await client.NextAsync();
        Assert.Equal((FrameType.GoAway, Http2ErrorCode.ProtocolError), (frame.Type, frame.Code));
    }

    [Fact]
    public async Task Trailers_WithPseudoFieldsOrWithoutAnEnd_AreReset()
    {
        await using var server = FramePeer.Serve(async peer =>
        {
            while (await peer.ReadAsync() is not null)
            {
            }
        });
        await using var proxy = await TestProxy.StartAsync();
        using var client = await FramePeer.ConnectAsync(proxy, server.Authority);
        await client.PostAsync(1);
        await client.HeadersAsync(1, true, (":path", "/"));
        var first = await client.NextAsync();
        await client.PostAsync(3);
        await client.HeadersAsync(3, false, ("x", "1"));
        var second = await client.NextAsync();

        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.ProtocolError, 1), (first.Type, first.Code, first.StreamId));
        Assert.Equal((FrameType.ResetStream, Http2ErrorCode.ProtocolError, 3), (second.Type, second.Code, second.StreamId));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
