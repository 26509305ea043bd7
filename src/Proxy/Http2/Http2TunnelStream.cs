using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Http2;

/// <summary>A stream's content as a stream of bytes, both ways (RFC 8441, section 5).</summary>
internal sealed class Http2TunnelStream(Http2Stream stream) : DuplexStream
{
    private ReadOnlyMemory<byte> _rest;
    private bool _isEnded;

    /// <summary>Ends this side; the other may go on.</summary>
    public ValueTask EndSendingAsync() => stream.IsLocalEnded ? ValueTask.CompletedTask : stream.SendDataAsync(default, isLast: true);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (_isEnded)
            {
                return 0;
            }

            var segment = await stream.ReadDataAsync(cancellationToken);
            _rest = segment.Data;
            _isEnded = segment.IsLast;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length > 0)
        {
            // A tunnel's user waits for an answer to what it has written: nothing is held back for more.
            await stream.SendDataAsync(buffer, isLast: false);
            stream.Flush();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        stream.Flush();
        return Task.CompletedTask;
    }

    public override void Flush() => stream.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !stream.IsLocalEnded && stream.Failure is null)
        {
            stream.Reset(Http2ErrorCode.Cancel);
        }

        base.Dispose(disposing);
    }
}
