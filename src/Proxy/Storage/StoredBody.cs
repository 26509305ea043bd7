using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>A body in the session file: the bytes as they were on the wire, chunk framing taken off, still content-encoded.</summary>
public sealed class StoredBody
{
    private readonly ReaderPool _readers;
    private readonly long _flowId;
    private readonly MessageSide _side;
    private readonly bool _inline;

    internal StoredBody(ReaderPool readers, long flowId, MessageSide side, long length, bool inline, bool complete)
    {
        _readers = readers;
        _flowId = flowId;
        _side = side;
        _inline = inline;
        Length = length;
        Complete = complete;
    }

    /// <summary>How many bytes there are (so far).</summary>
    public long Length { get; }

    /// <summary>Whether the flow has ended, so that no more come.</summary>
    public bool Complete { get; }

    /// <summary>A stream over the bytes that there were when the body was opened. It reads piece by piece and can be set to any position.</summary>
    public Stream OpenRead() => new BufferedStream(new StoredBodyStream(this), (int)Math.Clamp(Length, 1, LiveBody.SegmentSize));

    internal int Read(long position, Memory<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, Length - position);
        if (wanted <= 0)
        {
            return 0;
        }

        var count = _readers.Use(reader => reader.ReadBody(_flowId, _side, _inline, position, buffer.Span[..wanted]));
        return count > 0 ? count : throw new IOException($"The body of flow {_flowId} was deleted while it was read.");
    }
}
