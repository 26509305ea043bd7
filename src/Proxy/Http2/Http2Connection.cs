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
internal sealed partial class Http2Connection
{
    /// <summary>How much the peer may send on one stream ahead of its reader.</summary>
    public const int StreamWindow = 1024 * 1024;

    /// <summary>How much the peer may send on all streams together ahead of their readers.</summary>
    public const int ConnectionWindow = 16 * 1024 * 1024;

    /// <summary>How many requests a client may have running.</summary>
    public const int MaxStreams = 250;

    /// <summary>How long the peer may take to acknowledge SETTINGS (RFC 9113, section 6.5.3). Long enough for a program that stands in a debugger for a moment.</summary>
    public static readonly TimeSpan SettingsLimit = TimeSpan.FromSeconds(60);

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
    private bool _peerAllowsConnectProtocol;
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
    private long _blockWireSize;

    /// <summary>Runs until the peer has acknowledged this side's SETTINGS.</summary>
    private ITimer? _settingsTimer;

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

    /// <summary>Whether malformed heads (RFC 9113, section 8) are refused. Off, they pass as far as they can be shown, and a request's
    /// content may be longer or shorter than it says; framing, trailers and responses' lengths are checked all the same.</summary>
    public bool ValidatesFields { get; init; } = true;

    /// <summary>Raised under the connection's lock when SETTINGS have come (client role).</summary>
    public Action? SettingsReceived { get; set; }

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

    /// <summary>Whether the peer takes an extended CONNECT (RFC 8441, section 3).</summary>
    public bool AllowsConnectProtocol
    {
        get
        {
            lock (_gate)
            {
                return _peerAllowsConnectProtocol;
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
            _settingsTimer = _time.CreateTimer(static state => ((Http2Connection)state!).OnSettingsTimeout(), this, SettingsLimit, Timeout.InfiniteTimeSpan);
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
}
