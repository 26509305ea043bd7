using System.Buffers.Binary;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <summary>
/// An HTTP/2 connection (RFC 9113) without its input and output: bytes go in through <see cref="Receive"/>, bytes to send come out of
/// <see cref="TakeOutput"/>, and streams are used from any thread in between. It plays the server towards clients and the client
/// towards servers.
/// <code>
///   bytes ─▶ Receive ─▶ frames ─┬─▶ heads, inboxes of streams ─▶ readers      (window given back when the reader has let go)
///                               └─▶ answers to SETTINGS, PING ─┐
///   writers of streams ─▶ pending data ─▶ Pump, in turn ───────┴▶ output ─▶ TakeOutput ─▶ bytes
/// </code>
/// </summary>
internal sealed class Http2Connection
{
    /// <summary>How much the peer may send on one stream ahead of its reader.</summary>
    public const int StreamWindow = 1024 * 1024;

    /// <summary>How much the peer may send on all streams together ahead of their readers.</summary>
    public const int ConnectionWindow = 16 * 1024 * 1024;

    /// <summary>How many requests a client may have running.</summary>
    public const int MaxStreams = 250;

    private const int DefaultWindow = 65_535;
    private const int OutputLimit = 64 * 1024;
    private const int ControlLimit = 1024 * 1024;
    private const int UnreadLimit = 32 * 1024 * 1024;
    private const int RememberedStreams = 1024;

    private readonly Lock _gate = new();
    private readonly bool _isServer;
    private readonly bool _isTls;
    private readonly int _maxHeadSize;
    private readonly TimeProvider _time;
    private readonly IHttp2Handler? _handler;
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private readonly HpackDecoder _decoder = new();
    private readonly HpackEncoder _encoder = new();
    private readonly FieldBlock _fields;
    private readonly PooledBuffer _fieldOutput = new(1024);
    private readonly PooledBuffer _block = new(16 * 1024);
    private readonly Queue<Http2Stream> _ready = new();
    private readonly List<(Http2Stream Stream, RequestHead Head, Http2RequestProblem? Problem)> _arrived = [];
    private readonly List<Http2Stream> _lost = [];
    private readonly TokenBucket _idleFrames;
    private readonly TokenBucket _resets;
    private PooledBuffer _output = new(16 * 1024);
    private Action _wakeWriter = static () => { };

    // What the peer has said.
    private long _peerWindow = DefaultWindow;
    private int _peerMaxFrame = FrameHeader.DefaultMaxLength;
    private long _peerMaxStreams = 100;
    private bool _hasPeerSettings;
    private int _peerLastStream = int.MaxValue;
    private Http2ConnectionException? _peerReason;

    // Windows of the connection as a whole.
    private long _sendWindow = DefaultWindow;
    private int _receiveWindow = ConnectionWindow;
    private int _unreturned;

    // Streams.
    private int _lastPeerStream;
    private int _nextOwnStream = 1;
    private int _slots;
    private int _running;
    private int[]? _closed;
    private int _closedNext;

    // A field block that goes on in CONTINUATION frames.
    private int _blockStream;
    private bool _blockEndsStream;

    private bool _isPrefaceSeen;
    private bool _isGoingAway;

    /// <summary>Makes a connection; <see cref="Start"/> begins it.</summary>
    /// <param name="isTls">Whether it runs in TLS.</param>
    /// <param name="maxHeadSize">The longest message head.</param>
    /// <param name="time">The clock.</param>
    /// <param name="handler">Who serves requests; null for the client role.</param>
    public Http2Connection(bool isTls, int maxHeadSize, TimeProvider time, IHttp2Handler? handler)
    {
        _isServer = handler is not null;
        _isTls = isTls;
        _maxHeadSize = maxHeadSize;
        _time = time;
        _handler = handler;
        _fields = new FieldBlock(maxHeadSize);
        _isPrefaceSeen = !_isServer;
        IdleSince = time.GetTimestamp();

        // Far beyond what clients do, and soon reached by one that means harm (CVE-2019-9512 and its kin, CVE-2023-44487).
        _idleFrames = new TokenBucket(5000, 500, time);
        _resets = new TokenBucket(1000, 100, time);
    }

    /// <summary>Raised when a stream has ended, under the connection's lock (client role).</summary>
    public Action? SlotFreed { get; set; }

    /// <summary>Why it ended; null while it runs.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether nothing more is to be read: it has failed, or the last stream after a GOAWAY has ended.</summary>
    public bool IsOver { get; private set; }

    /// <summary>When the last stream ended (client role).</summary>
    public long IdleSince { get; private set; }

    /// <summary>Whether the peer's first SETTINGS frame has come.</summary>
    public bool HasPeerSettings
    {
        get
        {
            lock (_gate)
            {
                return _hasPeerSettings;
            }
        }
    }

    /// <summary>How many streams are reserved or running.</summary>
    public int Slots
    {
        get
        {
            lock (_gate)
            {
                return _slots;
            }
        }
    }

    /// <summary>Whether exchanges have been sent over it.</summary>
    public bool IsUsed
    {
        get
        {
            lock (_gate)
            {
                return _nextOwnStream > 1 || _slots > 0;
            }
        }
    }

    /// <summary>Says how this side wants things to be (RFC 9113, section 3.4).</summary>
    /// <param name="wakeWriter">Called, from any thread and under the connection's lock, when there is something to send.</param>
    public void Start(Action wakeWriter)
    {
        lock (_gate)
        {
            _wakeWriter = wakeWriter;
            if (_isServer)
            {
                FrameWriter.Settings(
                    _output,
                    [
                        (Http2Setting.MaxConcurrentStreams, MaxStreams),
                        (Http2Setting.InitialWindowSize, StreamWindow),
                        (Http2Setting.MaxHeaderListSize, (uint)_maxHeadSize),
                        (Http2Setting.EnableConnectProtocol, 1),
                    ]);
            }
            else
            {
                _output.Write(Http2Preface.Bytes);
                FrameWriter.Settings(
                    _output,
                    [
                        (Http2Setting.EnablePush, 0),
                        (Http2Setting.InitialWindowSize, StreamWindow),
                        (Http2Setting.MaxHeaderListSize, (uint)_maxHeadSize),
                    ]);
            }

            FrameWriter.WindowUpdate(_output, 0, ConnectionWindow - DefaultWindow);
            _wakeWriter();
        }
    }

    /// <summary>Takes in what has come from the peer.</summary>
    /// <returns>How many bytes were used; the rest is the beginning of a frame, to be given again with more behind it.</returns>
    public int Receive(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        lock (_gate)
        {
            try
            {
                if (!_isPrefaceSeen)
                {
                    position = ReceivePreface(bytes);
                }

                while (!IsOver && _isPrefaceSeen && bytes.Length - position >= FrameHeader.Size)
                {
                    var header = FrameHeader.Read(bytes[position..]);
                    if (header.Length > FrameHeader.DefaultMaxLength)
                    {
                        throw Error(Http2ErrorCode.FrameSizeError, $"A frame of {header.Length} bytes came, longer than was allowed.");
                    }

                    if (bytes.Length - position - FrameHeader.Size < header.Length)
                    {
                        break;
                    }

                    OnFrame(header, bytes.Slice(position + FrameHeader.Size, header.Length));
                    position += FrameHeader.Size + header.Length;
                }
            }
            catch (Http2ConnectionException exception)
            {
                Fail(exception);
            }

            if (_output.Length > 0)
            {
                _wakeWriter();
            }
        }

        Announce();
        return position;
    }

    /// <summary>Hands out what is to be sent, as one piece.</summary>
    /// <param name="buffer">What was sent before, to be filled anew.</param>
    /// <returns>False when there is nothing.</returns>
    public bool TakeOutput(ref PooledBuffer buffer)
    {
        lock (_gate)
        {
            if (_output.Length == 0)
            {
                return false;
            }

            buffer.Clear();
            (buffer, _output) = (_output, buffer);
            Pump();
            return true;
        }
    }

    /// <summary>Whether there is something to send.</summary>
    public bool HasOutput
    {
        get
        {
            lock (_gate)
            {
                return _output.Length > 0;
            }
        }
    }

    /// <summary>The connection has ended, or is to end now: every stream that runs breaks off.</summary>
    /// <param name="failure">What ended it.</param>
    /// <param name="code">What the peer is told, if it can still be told something; null to say nothing.</param>
    public void End(Exception failure, Http2ErrorCode? code = null)
    {
        lock (_gate)
        {
            if (!IsOver && code is { } told)
            {
                FrameWriter.GoAway(_output, _lastPeerStream, told, "");
                _wakeWriter();
            }

            BreakOff(failure);
        }

        Announce();
    }

    /// <summary>Takes no new streams; ends when the last one has (RFC 9113, section 6.8).</summary>
    public void GoAway()
    {
        lock (_gate)
        {
            GoAwayGracefully();
        }

        Announce();
    }

    /// <summary>Gives the buffers back, once nobody reads or writes any more.</summary>
    public void ReleaseBuffers()
    {
        lock (_gate)
        {
            _output.Release();
            _block.Release();
            _fieldOutput.Release();
            _fields.Release();
            _decoder.Release();
        }
    }

    /// <summary>Reserves a stream for a request (client role).</summary>
    /// <returns>Null when the connection takes no more streams now.</returns>
    public Http2Stream? TryReserve(out bool isFirst)
    {
        lock (_gate)
        {
            isFirst = _nextOwnStream == 1 && _slots == 0;
            if (IsOver || _isGoingAway || _slots >= _peerMaxStreams || IsCongested || (_nextOwnStream + (2L * _slots)) > int.MaxValue - 2)
            {
                return null;
            }

            _slots++;
            return new Http2Stream(this, 0, _peerWindow, isServer: false) { IsOpen = true };
        }
    }

    /// <summary>Whether it can never take streams again.</summary>
    public bool IsClosing
    {
        get
        {
            lock (_gate)
            {
                return IsOver || _isGoingAway;
            }
        }
    }

    /// <summary>Streams whose readers have stopped hold so much of the window that those of others would suffer.</summary>
    private bool IsCongested => _receiveWindow < ConnectionWindow / 4;

    // ── What streams call ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    internal void SendRequest(Http2Stream stream, RequestHead head, string scheme, string authority, bool isLast)
    {
        lock (_gate)
        {
            ThrowIfFailed(stream);
            if (_isGoingAway)
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
            FieldWriter.WriteRequest(_encoder, _fieldOutput, head, scheme, authority);
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

    // ── Sending ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

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

    // ── Receiving ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

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

        var stream = new Http2Stream(this, streamId, _peerWindow, isServer: true) { IsOpen = true };
        _streams.Add(streamId, stream);
        _slots++;
        _running++;
        var problem = FieldReader.ReadRequest(_fields, _isTls, out var head, out var length);
        stream.ExpectedLength = length;
        if (problem is null && isLast && length > 0)
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
        var problem = FieldReader.ReadResponse(_fields, out var head, out var length);
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
        EndRemote(stream);
        stream.Received.Set();

        static string Unread(string problem, out HeaderList? none)
        {
            none = null;
            return problem;
        }
    }

    private void OnResetStream(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0 || IsIdle(header.StreamId))
        {
            throw Error(Http2ErrorCode.ProtocolError, "A RST_STREAM frame names a stream that does not exist.");
        }

        if (payload.Length != 4)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A RST_STREAM frame has the wrong length.");
        }

        if (_isServer)
        {
            CountReset();
        }

        if (_streams.TryGetValue(header.StreamId, out var stream))
        {
            var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload);
            stream.IsRefused = code == Http2ErrorCode.RefusedStream;
            Close(stream, Http2ResetException.ByPeer(code));
        }
    }

    private void OnSettings(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A SETTINGS frame names a stream.");
        }

        if (header.Has(FrameFlags.Ack) ? payload.Length > 0 : payload.Length % 6 != 0)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A SETTINGS frame has the wrong length.");
        }

        CountIdleFrame();
        if (header.Has(FrameFlags.Ack))
        {
            return;
        }

        _hasPeerSettings = true;
        for (; !payload.IsEmpty; payload = payload[6..])
        {
            OnSetting((Http2Setting)BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
        }

        FrameWriter.SettingsAck(_output);
        Pump();
        SettingsReceived?.Invoke();
    }

    /// <summary>Raised under the connection's lock when SETTINGS have come (client role).</summary>
    public Action? SettingsReceived { get; set; }

    private void OnSetting(Http2Setting setting, uint value)
    {
        switch (setting)
        {
            case Http2Setting.HeaderTableSize:
                _encoder.SetMaxTableSize(value);
                break;
            case Http2Setting.EnablePush when value > (_isServer ? 1 : 0):
                throw Error(Http2ErrorCode.ProtocolError, $"SETTINGS_ENABLE_PUSH is {value}.");
            case Http2Setting.EnableConnectProtocol when value > 1:
                throw Error(Http2ErrorCode.ProtocolError, $"SETTINGS_ENABLE_CONNECT_PROTOCOL is {value}.");
            case Http2Setting.MaxConcurrentStreams:
                _peerMaxStreams = value;
                break;
            case Http2Setting.InitialWindowSize:
                if (value > int.MaxValue)
                {
                    throw Error(Http2ErrorCode.FlowControlError, $"SETTINGS_INITIAL_WINDOW_SIZE is {value}.");
                }

                // Holds for streams that are open, too, and may make their windows negative (section 6.9.2).
                var change = value - _peerWindow;
                _peerWindow = value;
                foreach (var stream in _streams.Values)
                {
                    stream.SendWindow += change;
                    if (stream.SendWindow > int.MaxValue)
                    {
                        throw Error(Http2ErrorCode.FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE makes a stream's window too large.");
                    }

                    Enqueue(stream);
                }

                break;
            case Http2Setting.MaxFrameSize:
                if (value is < FrameHeader.DefaultMaxLength or > 0xffffff)
                {
                    throw Error(Http2ErrorCode.ProtocolError, $"SETTINGS_MAX_FRAME_SIZE is {value}.");
                }

                _peerMaxFrame = (int)value;
                break;
        }
    }

    private void OnPing(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A PING frame names a stream.");
        }

        if (payload.Length != 8)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A PING frame has the wrong length.");
        }

        CountIdleFrame();
        if (!header.Has(FrameFlags.Ack))
        {
            FrameWriter.PingAck(_output, payload);
        }
    }

    private void OnGoAway(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0)
        {
            throw Error(Http2ErrorCode.ProtocolError, "A GOAWAY frame names a stream.");
        }

        if (payload.Length < 8)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A GOAWAY frame is too short.");
        }

        if (_isServer)
        {
            return; // The client will open no more streams; those that run go on.
        }

        var last = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        var code = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        _isGoingAway = true;
        if (code != Http2ErrorCode.NoError)
        {
            _peerReason = Error(code, $"The server ended the connection (GOAWAY, error code {Http2ErrorNames.Describe(code)}).");
        }

        _peerLastStream = Math.Min(last, _peerLastStream);
        foreach (var stream in _streams.Values.Where(one => one.Id > _peerLastStream).ToList())
        {
            stream.IsRefused = true;
            Close(stream, Error(code, $"The server ended the connection before it looked at the request (GOAWAY, error code {Http2ErrorNames.Describe(code)})."));
        }

        EndWhenIdle();
    }

    private void OnWindowUpdate(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            throw Error(Http2ErrorCode.FrameSizeError, "A WINDOW_UPDATE frame has the wrong length.");
        }

        var increment = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        if (header.StreamId == 0)
        {
            _sendWindow += increment;
            if (increment == 0 || _sendWindow > int.MaxValue)
            {
                throw Error(increment == 0 ? Http2ErrorCode.ProtocolError : Http2ErrorCode.FlowControlError, "A WINDOW_UPDATE frame makes the window impossible.");
            }
        }
        else if (_streams.TryGetValue(header.StreamId, out var stream))
        {
            stream.SendWindow += increment;
            if (increment == 0 || stream.SendWindow > int.MaxValue)
            {
                StreamError(stream, increment == 0 ? Http2ErrorCode.ProtocolError : Http2ErrorCode.FlowControlError, "A WINDOW_UPDATE frame makes the window impossible.");
                return;
            }

            Enqueue(stream);
        }
        else if (IsIdle(header.StreamId))
        {
            throw Error(Http2ErrorCode.ProtocolError, "A WINDOW_UPDATE frame names a stream that does not exist.");
        }

        Pump();
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

    // ── Reading by streams ─────────────────────────────────────────────────────────────────────────────────────────────────────────

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

    // ── Ends ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

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
