using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <summary>A message's body that comes over a stream.</summary>
internal sealed class Http2Body(Http2Stream stream, long length) : BodySource
{
    private long _read;

    public override bool HasBody => true;

    public override long? Length => length >= 0 ? length : null;

    public override bool HasBuffered => stream.HasBuffered;

    public override long WireSize => stream.BodyWireSize;

    public override async ValueTask<BodySegment> ReadAsync(CancellationToken cancellationToken)
    {
        if (IsComplete)
        {
            return new BodySegment(default, default, true);
        }

        BodySegment segment;
        try
        {
            // Where only the end, perhaps with trailers, is missing, a client that has its content may leave without breaking anything off.
            segment = await stream.ReadDataAsync(_read == length ? CancellationToken.None : cancellationToken);
        }
        catch (Http2ResetException exception) when (!exception.IsByPeer)
        {
            // The peer broke the protocol, and this side ended the stream for that.
            throw new HttpWireException(exception.Message, exception);
        }

        _read += segment.Data.Length;
        if (segment.IsLast)
        {
            IsComplete = true;
            Trailers = stream.Trailers;
        }

        return segment;
    }
}
