namespace MitmWeb.Proxy.Content;

/// <summary>Decodes Zstandard (RFC 8878): one frame or several.</summary>
internal sealed class ZstdDecoderStream(Stream encoded) : ReadOnlyStream
{
    private const int BufferSize = 64 * 1024;

    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly byte[] _output = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private nint _context = ZstdLibrary.Create();
    private int _inputStart;
    private int _inputEnd;
    private int _outputStart;
    private int _outputEnd;
    private bool _frameEnded = true;
    private bool _mayHoldMore;

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        while (_outputStart == _outputEnd)
        {
            if (_inputStart == _inputEnd && !_mayHoldMore)
            {
                (_inputStart, _inputEnd) = (0, encoded.Read(_input, 0, _input.Length));
                if (_inputEnd == 0)
                {
                    return _frameEnded ? 0 : throw new InvalidDataException("The zstd data ends within a frame.");
                }
            }

            var (read, written, ended) = ZstdLibrary.Decode(_context, _input, _inputStart, _inputEnd, _output);
            _inputStart += read;
            (_outputStart, _outputEnd, _frameEnded) = (0, written, ended);
            _mayHoldMore = !ended && written == _output.Length;
        }

        var count = Math.Min(buffer.Length, _outputEnd - _outputStart);
        _output.AsSpan(_outputStart, count).CopyTo(buffer);
        _outputStart += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _context != 0)
        {
            ZstdLibrary.Free(_context);
            _context = 0;
            encoded.Dispose();
        }

        base.Dispose(disposing);
    }
}
