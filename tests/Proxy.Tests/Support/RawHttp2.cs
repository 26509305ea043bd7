using System.Buffers.Binary;
using System.Text;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary>An HTTP/2 client (RFC 9113) that sends exactly the fields and frames that a test tells it to, however wrong.</summary>
internal sealed class RawHttp2(Stream stream)
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte GoAway = 7;

    public static async Task<RawHttp2> StartAsync(Stream stream)
    {
        await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        var peer = new RawHttp2(stream);
        await peer.SendAsync(4, 0, 0, []); // SETTINGS
        return peer;
    }

    /// <summary>Sends a request's head, each field as a literal that needs no table (RFC 7541, section 6.2.2).</summary>
    public Task SendHeadersAsync(int streamId, bool isLast, params (string Name, string Value)[] fields)
    {
        var block = new MemoryStream();
        foreach (var (name, value) in fields)
        {
            block.WriteByte(0);
            WriteText(block, name);
            WriteText(block, value);
        }

        return SendAsync(Headers, (byte)(4 | (isLast ? 1 : 0)), streamId, block.ToArray());
    }

    public Task SendDataAsync(int streamId, bool isLast, string data) => SendAsync(Data, (byte)(isLast ? 1 : 0), streamId, Encoding.Latin1.GetBytes(data));

    /// <summary>Reads frames until one says what became of the stream: a head, a reset, or the connection's end.</summary>
    /// <returns>The frame's type, and a reset's or a connection's error code.</returns>
    public async Task<(byte Type, uint Code)> ReadOutcomeAsync(int streamId)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var head = new byte[9];
        while (true)
        {
            await stream.ReadExactlyAsync(head, limit.Token);
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await stream.ReadExactlyAsync(payload, limit.Token);
            var id = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
            switch (head[3])
            {
                case 4 when (head[4] & 1) == 0:
                    await SendAsync(4, 1, 0, []);
                    break;
                case Headers when id == streamId:
                    return (Headers, 0);
                case Reset when id == streamId:
                    return (Reset, BinaryPrimitives.ReadUInt32BigEndian(payload));
                case GoAway:
                    return (GoAway, BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(4)));
            }
        }
    }

    private static void WriteText(MemoryStream block, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        Assert.True(bytes.Length < 127);
        block.WriteByte((byte)bytes.Length);
        block.Write(bytes);
    }

    private async Task SendAsync(byte type, byte flags, int streamId, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame, 9);
        await stream.WriteAsync(frame);
        await stream.FlushAsync();
    }
}
