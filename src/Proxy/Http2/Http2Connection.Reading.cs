using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <content>What streams read, and the windows that are given back for it.</content>
internal sealed partial class Http2Connection
{
    internal async ValueTask<ResponseHead> ReadHeadAsync(Http2Stream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (stream.Heads.TryDequeue(out var head))
                {
                    return head;
                }

                if (stream.Failure is { } failure)
                {
                    throw Again(failure);
                }
            }

            await stream.Received.WaitAsync(cancellationToken);
        }
    }

    internal ValueTask<BodySegment> ReadDataAsync(Http2Stream stream, CancellationToken cancellationToken) =>
        TryReadData(stream, out var segment) ? ValueTask.FromResult(segment) : WaitForDataAsync(stream, cancellationToken);

    internal bool HasBuffered(Http2Stream stream)
    {
        lock (_gate)
        {
            return stream.Inbox.Length > stream.Inbox.Given || stream.IsRemoteEnded;
        }
    }

    private async ValueTask<BodySegment> WaitForDataAsync(Http2Stream stream, CancellationToken cancellationToken)
    {
        BodySegment segment;
        do
        {
            await stream.Received.WaitAsync(cancellationToken);
        }
        while (!TryReadData(stream, out segment));
        return segment;
    }

    private bool TryReadData(Http2Stream stream, out BodySegment segment)
    {
        lock (_gate)
        {
            if (stream.Inbox.Release() is var released and > 0)
            {
                ReturnWindow(stream, released);
                if (_output.Length > 0)
                {
                    _wakeWriter();
                }
            }

            var data = stream.Inbox.Take();

            // What was broken off must not look complete; but a response that is complete stays so, whatever comes after it.
            var isLast = stream.IsRemoteEnded && data.Length == stream.Inbox.Length && !(_isServer && stream.Failure is not null);
            if (data.Length > 0 || isLast)
            {
                segment = new BodySegment(data, data, isLast);
                return true;
            }

            segment = default;
            return stream.Failure is { } failure ? throw Again(failure) : false;
        }
    }

    /// <summary>Lets the peer send as much again.</summary>
    private void ReturnWindow(Http2Stream stream, int count)
    {
        if (count == 0)
        {
            return;
        }

        ReturnToConnection(count);
        if (stream is { IsOpen: true, IsRemoteEnded: false })
        {
            stream.Unreturned += count;
            if (stream.Unreturned >= StreamWindow / 2)
            {
                FrameWriter.WindowUpdate(_output, stream.Id, stream.Unreturned);
                stream.ReceiveWindow += stream.Unreturned;
                stream.Unreturned = 0;
            }
        }
    }

    private void ReturnToConnection(int count)
    {
        _unreturned += count;
        if (_unreturned >= ConnectionWindow / 8 && !IsOver)
        {
            FrameWriter.WindowUpdate(_output, 0, _unreturned);
            _receiveWindow += _unreturned;
            _unreturned = 0;
        }
    }

    private void ReturnUnread(Http2Stream stream) => ReturnToConnection(stream.Inbox.Discard());
}
