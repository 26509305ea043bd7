using System.Buffers.Binary;
using System.Text;

namespace MitmWeb.Proxy.Http2;

/// <summary>Writes frames (RFC 9113, section 6) into a buffer.</summary>
internal static class FrameWriter
{
    public static void Data(PooledBuffer output, int streamId, ReadOnlySpan<byte> data, bool isLast)
    {
        Header(output, data.Length, FrameType.Data, isLast ? FrameFlags.EndStream : FrameFlags.None, streamId);
        output.Write(data);
    }

    /// <summary>Writes a field block as HEADERS and as many CONTINUATION frames as it needs.</summary>
    public static void Headers(PooledBuffer output, int streamId, ReadOnlySpan<byte> block, bool isLast, int maxLength)
    {
        var type = FrameType.Headers;
        var flags = isLast ? FrameFlags.EndStream : FrameFlags.None;
        while (true)
        {
            var length = Math.Min(block.Length, maxLength);
            var isEnd = length == block.Length;
            Header(output, length, type, isEnd ? flags | FrameFlags.EndHeaders : flags, streamId);
            output.Write(block[..length]);
            if (isEnd)
            {
                return;
            }

            block = block[length..];
            type = FrameType.Continuation;
            flags = FrameFlags.None;
        }
    }

    public static void ResetStream(PooledBuffer output, int streamId, Http2ErrorCode code) =>
        BinaryPrimitives.WriteUInt32BigEndian(Header(output, 4, FrameType.ResetStream, FrameFlags.None, streamId, 4), (uint)code);

    public static void Settings(PooledBuffer output, ReadOnlySpan<(Http2Setting Setting, uint Value)> settings)
    {
        var payload = Header(output, settings.Length * 6, FrameType.Settings, FrameFlags.None, 0, settings.Length * 6);
        foreach (var (setting, value) in settings)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)setting);
            BinaryPrimitives.WriteUInt32BigEndian(payload[2..], value);
            payload = payload[6..];
        }
    }

    public static void SettingsAck(PooledBuffer output) => Header(output, 0, FrameType.Settings, FrameFlags.Ack, 0);

    public static void PingAck(PooledBuffer output, ReadOnlySpan<byte> payload)
    {
        Header(output, payload.Length, FrameType.Ping, FrameFlags.Ack, 0);
        output.Write(payload);
    }

    public static void GoAway(PooledBuffer output, int lastStreamId, Http2ErrorCode code, string message)
    {
        var debug = Encoding.UTF8.GetBytes(message);
        var payload = Header(output, 8 + debug.Length, FrameType.GoAway, FrameFlags.None, 0, 8 + debug.Length);
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStreamId);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], (uint)code);
        debug.CopyTo(payload[8..]);
    }

    public static void WindowUpdate(PooledBuffer output, int streamId, int increment) =>
        BinaryPrimitives.WriteInt32BigEndian(Header(output, 4, FrameType.WindowUpdate, FrameFlags.None, streamId, 4), increment);

    private static Span<byte> Header(PooledBuffer output, int length, FrameType type, FrameFlags flags, int streamId, int room = 0)
    {
        var bytes = output.Add(FrameHeader.Size + room);
        new FrameHeader(length, type, flags, streamId).Write(bytes);
        return bytes[FrameHeader.Size..];
    }
}
