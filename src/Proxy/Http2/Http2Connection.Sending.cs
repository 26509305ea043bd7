using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <content>What streams send, and how it gets its turn in the output.</content>
internal sealed partial class Http2Connection
{
    internal void SendRequest(Http2Stream stream, RequestHead head, string scheme, string authority, bool isLast, string? protocol)
    {
        lock (_gate)
        {
            ThrowIfFailed(stream);
            if (_isGoingAway || IsOver)
            {
                // Between the reservation and now.
                stream.IsRefused = true;
                throw new Http2ConnectionException(Http2ErrorCode.NoError, "The server takes no more requests on this connection.");
            }

            stream.Id = _nextOwnStream;
            _nextOwnStream += 2;
            stream.SendWindow = _peerWindow;
            stream.Method = head.Method;
            _streams.Add(stream.Id, stream);
            _fieldOutput.Clear();
            _encoder.Begin(_fieldOutput);
            FieldWriter.WriteRequest(_encoder, _fieldOutput, head, scheme, authority, protocol);
            WriteFields(stream, isLast);
        }
    }

    internal void SendResponse(Http2Stream stream, ResponseHead head, bool isLast)
    {
        lock (_gate)
        {
            ThrowIfFailed(stream);
            _fieldOutput.Clear();
            _encoder.Begin(_fieldOutput);
            FieldWriter.WriteResponse(_encoder, _fieldOutput, head);
            WriteFields(stream, isLast);
        }
    }

    internal void SendTrailers(Http2Stream stream, HeaderList trailers)
    {
        lock (_gate)
        {
            ThrowIfFailed(stream);
            _fieldOutput.Clear();
            _encoder.Begin(_fieldOutput);
            FieldWriter.WriteTrailers(_encoder, _fieldOutput, trailers);
            WriteFields(stream, isLast: true);
            _wakeWriter();
        }
    }

    internal ValueTask SendDataAsync(Http2Stream stream, ReadOnlyMemory<byte> data, bool isLast)
    {
        lock (_gate)
        {
            ThrowIfFailed(stream);
            if (data.IsEmpty)
            {
                FrameWriter.Data(_output, stream.Id, default, isLast);
                EndLocal(stream, isLast);
                if (isLast)
                {
                    _wakeWriter();
                }

                return ValueTask.CompletedTask;
            }

            stream.Pending = data;
            stream.IsPendingLast = isLast;
            stream.HasPending = true;
            Enqueue(stream);
            Pump();
            if (!stream.HasPending)
            {
                if (isLast || _output.Length > OutputLimit / 2)
                {
                    _wakeWriter();
                }

                return ValueTask.CompletedTask;
            }

            _wakeWriter();
        }

        return WaitUntilSentAsync(stream);
    }

    internal void Flush()
    {
        lock (_gate)
        {
            if (_output.Length > 0)
            {
                _wakeWriter();
            }
        }
    }

    private static void ThrowIfFailed(Http2Stream stream)
    {
        if (stream.Failure is { } failure)
        {
            throw Again(failure);
        }

        if (stream.IsLocalEnded)
        {
            throw new InvalidOperationException("This side of the stream has ended.");
        }
    }

    /// <summary>The same exception for another thread: a thrown one carries the stack of the first.</summary>
    private static IOException Again(Exception failure) => failure switch
    {
        Http2ResetException reset => new Http2ResetException(reset.Code, reset.IsByPeer, reset.Message),
        Http2ConnectionException connection => new Http2ConnectionException(connection.Code, connection.Message, connection.InnerException),
        _ => new IOException(failure.Message, failure),
    };

    private async ValueTask WaitUntilSentAsync(Http2Stream stream)
    {
        while (true)
        {
            await stream.Sent.WaitAsync(CancellationToken.None);
            lock (_gate)
            {
                if (stream.HasPending)
                {
                    continue;
                }

                if (!stream.Pending.IsEmpty)
                {
                    throw Again(stream.Failure!);
                }

                return;
            }
        }
    }

    private void WriteFields(Http2Stream stream, bool isLast)
    {
        FrameWriter.Headers(_output, stream.Id, _fieldOutput.Span, isLast, _peerMaxFrame);
        if (_output.Length > UnreadLimit)
        {
            throw new IOException("The peer does not read what is sent to it.");
        }

        EndLocal(stream, isLast);
        if (isLast)
        {
            _wakeWriter();
        }
    }

    private void EndLocal(Http2Stream stream, bool isLast)
    {
        if (isLast)
        {
            stream.IsLocalEnded = true;
            if (stream.IsRemoteEnded)
            {
                Close(stream, null);
            }
        }
    }

    private void Enqueue(Http2Stream stream)
    {
        if (!stream.IsQueued && stream.HasPending && stream.SendWindow > 0)
        {
            stream.IsQueued = true;
            _ready.Enqueue(stream);
        }
    }

    /// <summary>Moves waiting data into the output, a frame per stream in turn, as far as windows and room allow.</summary>
    private void Pump()
    {
        while (_output.Length < OutputLimit && _sendWindow > 0 && _ready.TryDequeue(out var stream))
        {
            stream.IsQueued = false;
            if (!stream.HasPending)
            {
                continue;
            }

            var count = (int)Math.Min(Math.Min(stream.Pending.Length, Math.Min(_peerMaxFrame, FrameHeader.DefaultMaxLength)), Math.Min(stream.SendWindow, _sendWindow));
            if (count <= 0)
            {
                continue;
            }

            var isLast = stream.IsPendingLast && count == stream.Pending.Length;
            FrameWriter.Data(_output, stream.Id, stream.Pending.Span[..count], isLast);
            stream.SendWindow -= count;
            _sendWindow -= count;
            stream.Pending = stream.Pending[count..];
            if (stream.Pending.IsEmpty)
            {
                stream.HasPending = false;
                EndLocal(stream, isLast);
                stream.Sent.Set();
            }
            else
            {
                Enqueue(stream);
            }
        }
    }
}
