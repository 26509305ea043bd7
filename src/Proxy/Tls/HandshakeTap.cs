using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Tls;

/// <summary>
/// Stands between TLS and the network and keeps a copy of a handshake's first bytes, both ways: what <see cref="System.Net.Security.SslStream"/>
/// does not tell (the key exchange group, whether a session was taken up again, a staple, an alert) stands in them in clear.
/// After <see cref="Finish"/> it only passes calls on.
/// </summary>
internal sealed class HandshakeTap(Stream inner) : DuplexStream
{
    private HandshakeBytes? _read = new();
    private HandshakeBytes? _written = new();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _read is null ? inner.ReadAsync(buffer, cancellationToken) : KeepAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _written?.Add(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    /// <summary>The handshake is over, in whatever way: reads what was kept, and keeps no more.</summary>
    /// <param name="isClient">Whether this end was the handshake's client.</param>
    public HandshakeFacts Finish(bool isClient)
    {
        var (read, written) = (_read, _written);
        (_read, _written) = (null, null);
        return isClient ? HandshakeFacts.Read(Of(written), Of(read)) : HandshakeFacts.Read(Of(read), Of(written));

        static ReadOnlySpan<byte> Of(HandshakeBytes? bytes) => bytes is null ? default : bytes.Span;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> KeepAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        _read?.Add(buffer.Span[..count]);
        return count;
    }
}
