namespace MitmWeb.Proxy.Http;

/// <summary>The header lines of a head or of trailers, one after the other, up to the empty line or the end.</summary>
internal ref struct HeadLines(ReadOnlySpan<byte> bytes, int position)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position = position;

    /// <summary>The line that <see cref="MoveNext"/> has come to.</summary>
    public HeaderList.Line Current { get; private set; }

    public readonly ReadOnlySpan<byte> Name => _bytes.Slice(Current.NameStart, Current.NameLength);

    /// <inheritdoc cref="HeaderList.ValueBytes"/>
    public readonly ReadOnlySpan<byte> Value => _bytes.Slice(Current.ValueStart, Current.ValueLength);

    public bool MoveNext()
    {
        if (_position >= _bytes.Length)
        {
            return false;
        }

        var textEnd = LineEnd(_position, out var end);
        if (textEnd == _position)
        {
            _position = _bytes.Length;
            return false;
        }

        var line = ParseLine(_position, textEnd, end);
        _position = end;

        // obs-fold (RFC 9112, section 5.2): a line that begins with white space belongs to the value before it.
        while (_position < _bytes.Length && _bytes[_position] is (byte)' ' or (byte)'\t')
        {
            textEnd = LineEnd(_position, out end);
            line = line with { End = end, ValueLength = TrimEnd(line.ValueStart, textEnd) - line.ValueStart };
            _position = end;
        }

        Current = line;
        return true;
    }

    /// <param name="start">Where the line begins.</param>
    /// <param name="end">Where the next one begins.</param>
    /// <returns>Where its text ends.</returns>
    private readonly int LineEnd(int start, out int end)
    {
        var lf = _bytes[start..].IndexOf((byte)'\n');
        end = lf < 0 ? _bytes.Length : start + lf + 1;
        var textEnd = lf < 0 ? end : end - 1;
        return textEnd > start && lf >= 0 && _bytes[textEnd - 1] == '\r' ? textEnd - 1 : textEnd;
    }

    private readonly HeaderList.Line ParseLine(int start, int textEnd, int end)
    {
        var text = _bytes[start..textEnd];

        // The two pseudo-header fields of HTTP/2 that have lines of their own begin with a colon (RequestHead says why).
        var colon = text[0] == ':' && (text.StartsWith(":protocol: "u8) || text.StartsWith(":scheme: "u8)) ? text[1..].IndexOf((byte)':') + 1 : text.IndexOf((byte)':');
        if (colon < 0)
        {
            return new HeaderList.Line(start, end, start, text.Length, textEnd, 0);
        }

        var valueStart = start + colon + 1;
        while (valueStart < textEnd && _bytes[valueStart] is (byte)' ' or (byte)'\t')
        {
            valueStart++;
        }

        return new HeaderList.Line(start, end, start, colon, valueStart, TrimEnd(valueStart, textEnd) - valueStart);
    }

    private readonly int TrimEnd(int start, int end)
    {
        while (end > start && _bytes[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        return end;
    }
}
