using MitmWeb.Proxy.Content;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>Reads a body on a connection that is in the middle of a statement.</summary>
internal sealed class FileBodyStream(SessionReader reader, long id, MessageSide side, bool inline, long length) : ReadOnlyStream
{
    private long _position;

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, length - _position);
        var count = wanted <= 0 ? 0 : reader.ReadBody(id, side, inline, _position, buffer[..wanted]);
        _position += count;
        return count;
    }
}
