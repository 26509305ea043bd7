using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Http;

/// <summary>A body that comes over an HTTP/1.x connection.</summary>
internal sealed class Http1BodySource : BodySource
{
    private readonly WireReader _reader;
    private readonly BodyFraming _framing;
    private long _remaining;
    private ChunkedDecoder _chunks;
    private int _given;
    private long _wireSize;

    public Http1BodySource(WireReader reader, BodyFraming framing)
    {
        _reader = reader;
        _framing = framing;
        _remaining = framing.Length;
        IsComplete = framing.Kind == BodyKind.None;
    }

    public override bool HasBody => _framing.Kind != BodyKind.None;

    public override bool HasWireFraming => true;

    public override long WireSize => _wireSize;

    public override bool HasBuffered => _reader.BufferedLength > _given;

    public override long? Length => _framing.Kind == BodyKind.Length ? _framing.Length : null;

    public BodyFraming Framing => _framing;

    public override async ValueTask<BodySegment> ReadAsync(CancellationToken cancellationToken)
    {
        Release();
        while (true)
        {
            if (IsComplete)
            {
                return new BodySegment(default, default, true);
            }

            if (_reader.BufferedLength > 0 && TryTake(out var segment))
            {
                return segment;
            }

            if (await _reader.FillAsync(cancellationToken) > 0)
            {
                continue;
            }

            if (_framing.Kind == BodyKind.UntilClose)
            {
                IsComplete = true;
                return new BodySegment(default, default, true);
            }

            throw new HttpWireException(_framing.Kind == BodyKind.Length
                ? $"The connection was closed {_remaining} bytes before the end that Content-Length ({_framing.Length}) announced."
                : "The connection was closed before the last chunk.");
        }
    }

    /// <summary>Gives the last piece's bytes back to the reader, so that what follows the body can be read.</summary>
    public void Release()
    {
        _reader.Consume(_given);
        _given = 0;
    }

    /// <summary>Whether the body ends within what has been read and those bytes behind it. Reads nothing.</summary>
    public bool CompletesWith(ReadOnlySpan<byte> queued)
    {
        var unread = _reader.BufferedSpan[_given..];
        if (IsComplete || _framing.Kind != BodyKind.Chunked)
        {
            return IsComplete || _framing.Kind == BodyKind.UntilClose || _remaining <= (long)unread.Length + queued.Length;
        }

        byte[] rest = [.. unread, .. queued];
        var chunks = _chunks;
        try
        {
            for (var position = 0; chunks.TryRead(rest.AsSpan(position), out var piece); position += piece.Length)
            {
                if (piece.IsLast)
                {
                    return true;
                }
            }
        }
        catch (HttpWireException)
        {
            // It breaks off in a way that whoever reads it will see.
            return true;
        }

        return false;
    }

    private bool TryTake(out BodySegment segment)
    {
        var buffered = _reader.Buffered;
        switch (_framing.Kind)
        {
            case BodyKind.Chunked:
                if (!_chunks.TryRead(buffered.Span, out var piece))
                {
                    segment = default;
                    return false;
                }

                _given = piece.Length;
                _wireSize += _given;
                IsComplete = piece.IsLast;
                if (piece.Trailers is { } trailers)
                {
                    Trailers = HeaderList.Parse(buffered[trailers].ToArray());
                }

                segment = new BodySegment(buffered[..piece.Length], buffered[(piece.Length - piece.Data)..piece.Length], piece.IsLast);
                return true;

            case BodyKind.Length:
                _given = (int)Math.Min(_remaining, buffered.Length);
                _remaining -= _given;
                IsComplete = _remaining == 0;
                break;

            default:
                _given = buffered.Length;
                break;
        }

        _wireSize += _given;
        segment = new BodySegment(buffered[.._given], buffered[.._given], IsComplete);
        return true;
    }
}
