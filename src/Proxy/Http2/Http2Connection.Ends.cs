using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <content>How streams and the connection end.</content>
internal sealed partial class Http2Connection
{
    internal void Reset(Http2Stream stream, Http2ErrorCode code)
    {
        lock (_gate)
        {
            if (stream.Failure is not null)
            {
                return;
            }

            if (stream is { IsLocalEnded: true, IsRemoteEnded: true })
            {
                return;
            }

            ResetStream(stream, new Http2ResetException(code, false, $"The HTTP/2 stream was reset by this side (error code {Http2ErrorNames.Describe(code)})."), code);
            _wakeWriter();
        }
    }

    internal void Release(Http2Stream stream)
    {
        lock (_gate)
        {
            if (_isServer)
            {
                _running--;
            }

            if (stream.Id == 0)
            {
                // Reserved, but nothing was sent.
                Close(stream, null);
                return;
            }

            if (stream.Failure is null && !(stream is { IsLocalEnded: true, IsRemoteEnded: true }))
            {
                // A response that is complete needs no more of its request (RFC 9113, section 8.1); anything else was cut off.
                var code = _isServer ? stream.IsLocalEnded ? Http2ErrorCode.NoError : Http2ErrorCode.InternalError : Http2ErrorCode.Cancel;
                ResetStream(stream, new Http2ResetException(code, false, "The stream is over."), code);
            }

            ReturnToConnection(stream.Inbox.Release());
            ReturnUnread(stream);
            if (_output.Length > 0)
            {
                _wakeWriter();
            }
        }
    }

    private void EndRemote(Http2Stream stream)
    {
        stream.IsRemoteEnded = true;
        if (stream.IsLocalEnded)
        {
            Close(stream, null);
        }
    }

    private void StreamError(Http2Stream stream, Http2ErrorCode code, string message)
    {
        if (_isServer)
        {
            CountReset();
        }

        ResetStream(stream, new Http2ResetException(code, false, message), code);
    }

    private void ResetStream(Http2Stream stream, Exception failure, Http2ErrorCode code)
    {
        if (stream.IsOpen && stream.Id != 0 && !IsOver)
        {
            FrameWriter.ResetStream(_output, stream.Id, code);
        }

        Close(stream, failure);
        Remember(stream.Id);
    }

    /// <summary>Takes a stream out of the connection.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="failure">Why it did not end in order; null when it did.</param>
    private void Close(Http2Stream stream, Exception? failure)
    {
        if (!stream.IsOpen)
        {
            return;
        }

        stream.IsOpen = false;
        if (stream.Id != 0)
        {
            _streams.Remove(stream.Id);
            if (failure is null or Http2ResetException { IsByPeer: true })
            {
                Remember(-stream.Id);
            }
        }

        _slots--;
        if (failure is not null)
        {
            stream.Failure = failure;
            stream.HasPending = false;
            stream.Sent.Set();
            stream.Received.Set();
            if (_isServer)
            {
                ReturnUnread(stream);
                if (stream.IsRemoteEnded || failure is not Http2ResetException { IsByPeer: false })
                {
                    // Otherwise the reader of the request's body will see what is wrong.
                    _lost.Add(stream);
                }
            }
        }

        if (!_isServer)
        {
            IdleSince = _time.GetTimestamp();
            SlotFreed?.Invoke();
        }

        EndWhenIdle();
    }

    private void EndWhenIdle()
    {
        if (_isGoingAway && _slots == 0 && !IsOver)
        {
            IsOver = true;
            StopSettingsTimer();
            _wakeWriter();
        }
    }

    private void GoAwayGracefully()
    {
        if (!_isGoingAway && !IsOver)
        {
            _isGoingAway = true;
            FrameWriter.GoAway(_output, _lastPeerStream, Http2ErrorCode.NoError, "");
            _wakeWriter();
            EndWhenIdle();
        }
    }

    private void Fail(Http2ConnectionException exception)
    {
        FrameWriter.GoAway(_output, _lastPeerStream, exception.Code, exception.Message);
        BreakOff(exception);
        _wakeWriter();
    }

    private void BreakOff(Exception failure)
    {
        IsOver = true;
        StopSettingsTimer();
        Failure ??= _peerReason ?? failure;
        foreach (var stream in _streams.Values.ToList())
        {
            Close(stream, Failure);
        }
    }

    /// <summary>Tells the owner what has happened, without the lock.</summary>
    private void Announce()
    {
        List<Http2Stream>? lost = null;
        List<(Http2Stream Stream, RequestHead Head, Http2RequestProblem? Problem)>? arrived = null;
        lock (_gate)
        {
            if (_arrived.Count > 0)
            {
                arrived = [.. _arrived];
                _arrived.Clear();
            }

            if (_lost.Count > 0)
            {
                lost = [.. _lost];
                _lost.Clear();
            }
        }

        foreach (var (stream, head, problem) in arrived ?? [])
        {
            _handler!.OnRequest(stream, head, problem);
        }

        foreach (var stream in lost ?? [])
        {
            stream.MarkGone();
        }
    }

    /// <summary>Keeps the number of a stream that has ended: positive when this side reset it, negative otherwise.</summary>
    private void Remember(int streamId)
    {
        _closed ??= new int[RememberedStreams];
        _closed[_closedNext] = streamId;
        _closedNext = (_closedNext + 1) % RememberedStreams;
    }

    private bool IsRemembered(int streamId) => _closed.AsSpan().Contains(streamId) || (streamId > 0 && _closed.AsSpan().Contains(-streamId));
}
