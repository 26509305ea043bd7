namespace MitmWeb.Proxy.Connections;

/// <summary>A stream whose first bytes have already been read by somebody: they are given out again before those of the stream itself.</summary>
internal sealed class PrefixedStream(WireReader head, Stream inner) : DuplexStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (head.BufferedLength == 0)
        {
            head.Trim();
            return head.IsReadingAhead ? TakeAheadAsync(buffer, cancellationToken) : inner.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, head.BufferedLength);
        head.BufferedSpan[..count].CopyTo(buffer.Span);
        head.Consume(count);
        return ValueTask.FromResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

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
