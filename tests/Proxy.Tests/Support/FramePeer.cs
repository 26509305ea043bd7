using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary>One end of an HTTP/2 connection, frame by frame. What it sends is encoded without any table, so that each byte is plain.</summary>
internal sealed class FramePeer(Stream stream, bool isServer, Socket? socket = null) : IDisposable
{
    private readonly HpackDecoder _decoder = new();
    private readonly byte[] _header = new byte[FrameHeader.Size];

    /// <summary>Whether window updates are left out by <see cref="NextAsync"/>.</summary>
    public bool SkipsWindowUpdates { get; set; } = true;

    public Stream Stream => stream;

    /// <summary>A client's connection through the proxy to that server.</summary>
    public static async Task<FramePeer> ConnectAsync(TestProxy proxy, string authority, params (Http2Setting Setting, uint Value)[] settings)
    {
        var (peer, _) = await proxy.SecureAsync(authority, "127.0.0.1", SslApplicationProtocol.Http2);
        var client = new FramePeer(peer.Stream, isServer: false, peer.Socket);
        await client.StartAsync(settings);
        return client;
    }

    /// <summary>A server with TLS that speaks HTTP/2 alone; each connection's opening is done.</summary>
    public static RawServer Serve(Func<FramePeer, Task> serve, params (Http2Setting Setting, uint Value)[] settings) => new(
        async peer =>
        {
            var server = new FramePeer(peer.Stream, isServer: true);
            await server.StartAsync(settings);
            await serve(server);
        },
        RawServer.Tls(RawServer.SelfSigned("127.0.0.1"), SslApplicationProtocol.Http2));

    /// <summary>Sends, and as a server reads, what a connection begins with.</summary>
    public async Task StartAsync(params (Http2Setting Setting, uint Value)[] settings)
    {
        if (isServer)
        {
            var preface = new byte[Http2Preface.Bytes.Length];
            await stream.ReadExactlyAsync(preface);
            Assert.Equal(Http2Preface.Bytes.ToArray(), preface);
        }
        else
        {
            await stream.WriteAsync(Http2Preface.Bytes.ToArray());
        }

        await SettingsAsync(settings);
    }

    public Task SettingsAsync(params (Http2Setting Setting, uint Value)[] settings)
    {
        var payload = new byte[settings.Length * 6];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(i * 6), (ushort)settings[i].Setting);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan((i * 6) + 2), settings[i].Value);
        }

        return SendAsync(FrameType.Settings, FrameFlags.None, 0, payload);
    }

    public async Task SendAsync(FrameType type, FrameFlags flags, int streamId, byte[] payload)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(payload.Length, type, flags, streamId).Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        await stream.WriteAsync(frame);
        await stream.FlushAsync();
    }

    public Task HeadersAsync(int streamId, bool isLast, params (string Name, string Value)[] fields) =>
        SendAsync(FrameType.Headers, FrameFlags.EndHeaders | (isLast ? FrameFlags.EndStream : FrameFlags.None), streamId, Encode(fields));

    /// <summary>A GET for <c>/</c> with further fields.</summary>
    public Task GetAsync(int streamId, params (string Name, string Value)[] fields) =>
        HeadersAsync(streamId, true, [(":method", "GET"), (":scheme", "https"), (":authority", "x.test"), (":path", "/"), .. fields]);

    public Task PostAsync(int streamId, params (string Name, string Value)[] fields) =>
        HeadersAsync(streamId, false, [(":method", "POST"), (":scheme", "https"), (":authority", "x.test"), (":path", "/"), .. fields]);

    public Task DataAsync(int streamId, bool isLast, string data) =>
        SendAsync(FrameType.Data, isLast ? FrameFlags.EndStream : FrameFlags.None, streamId, Encoding.Latin1.GetBytes(data));

    public Task ResetAsync(int streamId, Http2ErrorCode code) => SendAsync(FrameType.ResetStream, FrameFlags.None, streamId, Number((uint)code));

    public Task WindowUpdateAsync(int streamId, int increment) => SendAsync(FrameType.WindowUpdate, FrameFlags.None, streamId, Number((uint)increment));

    public Task GoAwayAsync(int lastStreamId, Http2ErrorCode code) =>
        SendAsync(FrameType.GoAway, FrameFlags.None, 0, [.. Number((uint)lastStreamId), .. Number((uint)code)]);

    /// <summary>The next frame of any kind; null at the end of the connection.</summary>
    public async Task<Frame?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await stream.ReadExactlyAsync(_header, limit.Token);
        }
        catch (Exception exception) when (exception is EndOfStreamException or IOException)
        {
            return null;
        }

        var header = FrameHeader.Read(_header);
        var payload = new byte[header.Length];
        await stream.ReadExactlyAsync(payload, limit.Token);
        return new Frame(header.Type, header.Flags, header.StreamId, payload);
    }

    /// <summary>The next frame that matters: SETTINGS are answered and left out.</summary>
    public async Task<Frame> NextAsync()
    {
        while (true)
        {
            var frame = await ReadAsync() ?? throw new EndOfStreamException("The peer ended the connection.");
            if (frame.Type == FrameType.Settings)
            {
                if ((frame.Flags & FrameFlags.Ack) == 0)
                {
                    await SendAsync(FrameType.Settings, FrameFlags.Ack, 0, []);
                }
            }
            else if (frame.Type != FrameType.WindowUpdate || !SkipsWindowUpdates)
            {
                return frame;
            }
        }
    }

    /// <summary>The next frame, which must be a head; its fields, one per line.</summary>
    public async Task<string> HeadAsync()
    {
        var frame = await NextAsync();
        Assert.Equal(FrameType.Headers, frame.Type);
        return Decode(frame);
    }

    /// <summary>Content up to the end of the stream; the windows are given back as it comes.</summary>
    public async Task<string> BodyAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var frame = await NextAsync();
            Assert.Equal(FrameType.Data, frame.Type);
            body.Append(Encoding.Latin1.GetString(frame.Payload));
            if (frame.EndsStream)
            {
                return body.ToString();
            }

            if (frame.Payload.Length > 0)
            {
                await WindowUpdateAsync(0, frame.Payload.Length);
                await WindowUpdateAsync(frame.StreamId, frame.Payload.Length);
            }
        }
    }

    /// <summary>A head's fields, one per line; <c>!</c> marks what must never be indexed.</summary>
    public string Decode(Frame frame)
    {
        Assert.True((frame.Flags & FrameFlags.EndHeaders) != 0);
        return Decode(frame.Payload);
    }

    public string Decode(byte[] block)
    {
        var fields = new FieldBlock(1024 * 1024);
        _decoder.Decode(block, fields);
        var text = new StringBuilder();
        for (var i = 0; i < fields.Count; i++)
        {
            text.Append(fields.IsNeverIndexed(i) ? "!" : "").Append(Encoding.Latin1.GetString(fields.Name(i))).Append(": ").Append(Encoding.Latin1.GetString(fields.Value(i))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Encodes fields as literals; a name that begins with <c>!</c> as never indexed.</summary>
    public static byte[] Encode(params (string Name, string Value)[] fields)
    {
        var block = new List<byte>();
        foreach (var (name, value) in fields)
        {
            var isNeverIndexed = name.StartsWith('!');
            block.Add((byte)(isNeverIndexed ? 0x10 : 0));
            Text(isNeverIndexed ? name[1..] : name);
            Text(value);
        }

        return [.. block];

        void Text(string text)
        {
            var length = text.Length;
            if (length < 127)
            {
                block.Add((byte)length);
            }
            else
            {
                block.Add(127);
                for (length -= 127; length >= 128; length >>= 7)
                {
                    block.Add((byte)(length | 128));
                }

                block.Add((byte)length);
            }

            block.AddRange(Encoding.Latin1.GetBytes(text));
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        socket?.Dispose();
    }

    private static byte[] Number(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>A frame as it came.</summary>
    internal sealed record Frame(FrameType Type, FrameFlags Flags, int StreamId, byte[] Payload)
    {
        public bool EndsStream => (Flags & FrameFlags.EndStream) != 0;

        /// <summary>The code of a RST_STREAM or GOAWAY frame.</summary>
        public Http2ErrorCode Code => (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));

        public string Text => Encoding.Latin1.GetString(Payload);
    }
}
