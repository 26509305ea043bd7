namespace MitmWeb.Proxy.Connections;

/// <summary>A stream whose first bytes have already been read by somebody: they are given out again before those of the stream itself.</summary>
internal sealed class PrefixedStream(WireReader head, Stream inner) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (head.BufferedLength == 0)
        {
            return head.IsReadingAhead ? TakeAheadAsync(buffer, cancellationToken) : inner.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, head.BufferedLength);
        head.BufferedSpan[..count].CopyTo(buffer.Span);
        head.Consume(count);
        return ValueTask.FromResult(count);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The reader has a read under way already: its bytes come first.</summary>
    private async ValueTask<int> TakeAheadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        await head.FillAsync(cancellationToken) == 0 ? 0 : await ReadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            head.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
