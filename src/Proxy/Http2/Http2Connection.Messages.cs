using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <content>Frames that carry messages: DATA, HEADERS, CONTINUATION.</content>
internal sealed partial class Http2Connection
{
    private static Http2ConnectionException Error(Http2ErrorCode code, string message) => new(code, message);

    private int ReceivePreface(ReadOnlySpan<byte> bytes)
    {
        var expected = Http2Preface.Bytes;
        var length = Math.Min(bytes.Length, expected.Length);
        if (!bytes[..length].SequenceEqual(expected[..length]))
        {
            throw Error(Http2ErrorCode.ProtocolError, "The connection does not begin as HTTP/2 does.");
        }

        _isPrefaceSeen = length == expected.Length;
        return _isPrefaceSeen ? length : 0;
    }

    private void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!_hasPeerSettings && (header.Type != FrameType.Settings || header.Has(FrameFlags.Ack)))
        {
            throw Error(Http2ErrorCode.ProtocolError, "The first frame is not SETTINGS.");
        }

        if (_blockStream != 0 && (header.Type != FrameType.Continuation || header.StreamId != _blockStream))
        {
            throw Error(Http2ErrorCode.ProtocolError, "Another frame stands between HEADERS and its CONTINUATION.");
        }

        switch (header.Type)
        {
            case FrameType.Data:
                OnData(header, payload);
                break;
            case FrameType.Headers:
                OnHeaders(header, payload);
                break;
            case FrameType.Continuation:
                OnContinuation(header, payload);
                break;
            case FrameType.ResetStream:
                OnResetStream(header, payload);
                break;
            case FrameType.Settings:
                OnSettings(header, payload);
                break;
            case FrameType.Ping:
                OnPing(header, payload);
                break;
            case FrameType.GoAway:
                OnGoAway(header, payload);
                break;
            case FrameType.WindowUpdate:
                OnWindowUpdate(header, payload);
                break;
            case FrameType.PushPromise:
                throw Error(Http2ErrorCode.ProtocolError, "A push was promised although it was declined.");
            case FrameType.Priority:
                if (header.StreamId == 0)
                {
                    throw Error(Http2ErrorCode.ProtocolError, "A PRIORITY frame names no stream.");
                }

                CountIdleFrame();
                if (header.Length != 5 && _streams.TryGetValue(header.StreamId, out var stream))
                {
                    StreamError(stream, Http2ErrorCode.FrameSizeError, "A PRIORITY frame has the wrong length.");
                }

                break;
            default:
                CountIdleFrame(); // PRIORITY_UPDATE and other extensions.
                break;
        }
    }

    private void OnData(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A DATA frame names no stream.");
        }

        var data = payload;
        if (header.Has(FrameFlags.Padded))
        {
            if (payload.IsEmpty || payload[0] >= payload.Length)
            {
                throw Error(Http2ErrorCode.ProtocolError, "A DATA frame has more padding than bytes.");
            }

            data = payload[1..^payload[0]];
        }

        _receiveWindow -= payload.Length;
        if (_receiveWindow < 0)
        {
            throw Error(Http2ErrorCode.FlowControlError, "The peer sent more than the connection's window allows.");
        }

        if (data.IsEmpty && !header.Has(FrameFlags.EndStream))
        {
            CountIdleFrame();
        }

        if (!_streams.TryGetValue(header.StreamId, out var stream) || stream.IsRemoteEnded)
        {
            ReturnToConnection(payload.Length);
            OnClosedStream(header, stream);
            return;
        }

        stream.ReceiveWindow -= payload.Length;
        if (stream.ReceiveWindow < 0)
        {
            ReturnToConnection(payload.Length);
            StreamError(stream, Http2ErrorCode.FlowControlError, "The peer sent more than the stream's window allows.");
            return;
        }

        stream.ReceivedLength += data.Length;
        stream.BodyWireSize += FrameHeader.Size + payload.Length;
        var isLast = header.Has(FrameFlags.EndStream);
        if (WhyDataIsWrong(stream, isLast) is { } problem)
        {
            ReturnToConnection(payload.Length);
            StreamError(stream, Http2ErrorCode.ProtocolError, problem);
            return;
        }

        // Padding is taken at once.
        ReturnWindow(stream, payload.Length - data.Length);
        stream.Inbox.Add(data);
        if (isLast)
        {
            EndRemote(stream);
        }

        stream.Received.Set();
    }

    private string? WhyDataIsWrong(Http2Stream stream, bool isLast)
    {
        if (!_isServer && !stream.HasFinalHead)
        {
            return "The response's body came before its head.";
        }

        if (stream.ExpectedLength >= 0 && (stream.ReceivedLength > stream.ExpectedLength || (isLast && stream.ReceivedLength < stream.ExpectedLength)))
        {
            return $"The body has {(isLast ? "" : "at least ")}{stream.ReceivedLength} bytes where content-length announced {stream.ExpectedLength}.";
        }

        return null;
    }

    private void OnHeaders(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A HEADERS frame names no stream.");
        }

        var front = (header.Has(FrameFlags.Padded) ? 1 : 0) + (header.Has(FrameFlags.Priority) ? 5 : 0);
        if (payload.Length < front)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A HEADERS frame is too short.");
        }

        var padding = header.Has(FrameFlags.Padded) ? payload[0] : 0;
        if (padding > payload.Length - front)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A HEADERS frame has more padding than bytes.");
        }

        _blockWireSize = FrameHeader.Size + payload.Length;
        payload = payload[front..^padding];
        if (header.Has(FrameFlags.EndHeaders))
        {
            OnFieldBlock(header.StreamId, header.Has(FrameFlags.EndStream), payload);
            return;
        }

        _blockStream = header.StreamId;
        _blockEndsStream = header.Has(FrameFlags.EndStream);
        _block.Clear();
        _block.Write(payload);
    }

    private void OnContinuation(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (_blockStream == 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A CONTINUATION frame follows no HEADERS.");
        }

        if (payload.Length < 1024 && !header.Has(FrameFlags.EndHeaders))
        {
            CountIdleFrame();
        }

        _blockWireSize += FrameHeader.Size + payload.Length;
        _block.Write(payload);
        if (_block.Length > _maxHeadSize * 2)
        {
            // The block would have to be decoded whole to keep the tables in step, but somebody who sends so much means no good.
            throw Error(Http2ErrorCode.EnhanceYourCalm, $"A message's head is longer than {_maxHeadSize} bytes.");
        }

        if (header.Has(FrameFlags.EndHeaders))
        {
            var stream = _blockStream;
            _blockStream = 0;
            OnFieldBlock(stream, _blockEndsStream, _block.Span);
        }
    }

    private void OnFieldBlock(int streamId, bool isLast, ReadOnlySpan<byte> block)
    {
        // Whatever becomes of it, it must be decoded: later blocks build on it (section 4.3).
        _fields.Clear();
        _decoder.Decode(block, _fields);
        _streams.TryGetValue(streamId, out var stream);
        if (stream is { IsRemoteEnded: false })
        {
            if (_isServer || stream.HasFinalHead)
            {
                OnTrailers(stream, isLast);
            }
            else
            {
                OnResponse(stream, isLast);
            }
        }
        else if (stream is null && _isServer && streamId > _lastPeerStream)
        {
            OnRequest(streamId, isLast);
        }
        else
        {
            OnClosedStream(new FrameHeader(block.Length, FrameType.Headers, FrameFlags.None, streamId), stream);
        }
    }

    private void OnRequest(int streamId, bool isLast)
    {
        if (streamId % 2 == 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, $"A client must not use the even stream number {streamId}.");
        }

        if (_isGoingAway)
        {
            // It knows, or will know in a moment, that nothing will become of it.
            return;
        }

        _lastPeerStream = streamId;
        if (_streams.Count >= MaxStreams || _running >= MaxStreams * 2)
        {
            Remember(streamId);
            FrameWriter.ResetStream(_output, streamId, Http2ErrorCode.RefusedStream);
            CountReset();
            return;
        }

        var stream = new Http2Stream(this, streamId, _peerWindow, isServer: true) { IsOpen = true, HeadWireSize = _blockWireSize };
        _streams.Add(streamId, stream);
        _slots++;
        _running++;
        var problem = FieldReader.ReadRequest(_fields, _isTls, ValidatesFields, out var head, out var length);
        stream.ExpectedLength = ValidatesFields ? length : -1;
        if (problem is null && isLast && stream.ExpectedLength > 0)
        {
            problem = $"The request has no body although content-length announces {length} bytes.";
        }

        if (isLast)
        {
            stream.EndedWithHead = true;
            EndRemote(stream);
        }

        if (_fields.IsTooLarge)
        {
            stream.ExpectedLength = -1;
            _arrived.Add((stream, head, new Http2RequestProblem(431, $"The request's head has {_fields.Size} bytes, more than {_maxHeadSize}.")));
        }
        else if (problem is not null)
        {
            StreamError(stream, Http2ErrorCode.ProtocolError, problem);
            _arrived.Add((stream, head, new Http2RequestProblem(400, problem)));
        }
        else
        {
            _arrived.Add((stream, head, null));
        }

        if (streamId > int.MaxValue / 2)
        {
            GoAwayGracefully();
        }
    }

    private void OnResponse(Http2Stream stream, bool isLast)
    {
        var problem = FieldReader.ReadResponse(_fields, ValidatesFields, out var head, out var length);
        if (_fields.IsTooLarge)
        {
            problem = $"The response's head has {_fields.Size} bytes, more than {_maxHeadSize}.";
        }

        var hasContent = problem is null && !(stream.Method == "HEAD" || head.Status is 204 or 304);
        if (problem is null && isLast)
        {
            problem = head.Status < 200 ? "An interim response ends the stream."
                : hasContent && length > 0 ? $"The response has no body although content-length announces {length} bytes."
                : null;
        }

        if (problem is not null)
        {
            StreamError(stream, Http2ErrorCode.ProtocolError, problem);
            return;
        }

        if (head.Status >= 200)
        {
            stream.HasFinalHead = true;
            stream.HeadWireSize = _blockWireSize;
            stream.ExpectedLength = hasContent ? length : 0;
        }
        else if (stream.Heads.Count > 100)
        {
            StreamError(stream, Http2ErrorCode.EnhanceYourCalm, "The server sent more than a hundred interim responses.");
            return;
        }

        stream.Heads.Enqueue(head);
        if (isLast)
        {
            stream.EndedWithHead = true;
            EndRemote(stream);
        }

        stream.Received.Set();
    }

    private void OnTrailers(Http2Stream stream, bool isLast)
    {
        var problem = isLast ? FieldReader.ReadTrailers(_fields, out var trailers) : Unread("A second head came in the middle of the body.", out trailers);
        problem ??= _fields.IsTooLarge ? $"The trailers are longer than {_maxHeadSize} bytes." : WhyDataIsWrong(stream, isLast: true);
        if (problem is not null)
        {
            StreamError(stream, Http2ErrorCode.ProtocolError, problem);
            return;
        }

        stream.Trailers = trailers;
        stream.BodyWireSize += _blockWireSize;
        EndRemote(stream);
        stream.Received.Set();

        static string Unread(string problem, out HeaderList? none)
        {
            none = null;
            return problem;
        }
    }

    /// <summary>DATA or HEADERS on a stream that takes none (section 5.1).</summary>
    private void OnClosedStream(FrameHeader header, Http2Stream? stream)
    {
        if (stream is not null)
        {
            StreamError(stream, Http2ErrorCode.StreamClosed, "A frame came on a stream that the peer had ended.");
            return;
        }

        if (IsIdle(header.StreamId) || (_isServer && header.Type == FrameType.Headers && !IsRemembered(header.StreamId)))
        {
            throw Error(Http2ErrorCode.ProtocolError, $"A frame came on stream {header.StreamId}, which was never opened.");
        }

        // It was on its way when this side reset the stream, or the peer does not count well. Either way it hurts nobody.
        CountIdleFrame();
        if (IsRemembered(-header.StreamId))
        {
            FrameWriter.ResetStream(_output, header.StreamId, Http2ErrorCode.StreamClosed);
        }
    }

    private bool IsIdle(int streamId) => streamId % 2 == 0 || (_isServer ? streamId > _lastPeerStream : streamId >= _nextOwnStream);

    private void CountIdleFrame()
    {
        if (!_idleFrames.TryTake() || _output.Length > ControlLimit)
        {
            throw Error(Http2ErrorCode.EnhanceYourCalm, "The peer floods the connection with frames that carry nothing.");
        }
    }

    private void CountReset()
    {
        if (!_resets.TryTake())
        {
            throw Error(Http2ErrorCode.EnhanceYourCalm, "The client opens and resets streams without end.");
        }
    }
}
