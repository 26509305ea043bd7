namespace MitmWeb.Proxy.Content;

/// <summary>Fails when more than so many bytes come.</summary>
internal sealed class BoundedStream(Stream inner, long most) : ReadOnlyStream
{
    private long _left = most;

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        _left -= count;
        return _left >= 0 ? count : throw new InvalidDataException("The encoded data inside the encoded data is too long.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
