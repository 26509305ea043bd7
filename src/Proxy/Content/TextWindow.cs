using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace MitmWeb.Proxy.Content;

/// <summary>A stretch of a long text that moves over it, and knows at which byte each of its characters begins. Bytes that are no text of the charset
/// become U+FFFD, each of them one.</summary>
internal sealed class TextWindow
{
    private const int PieceSize = 512 * 1024;

    private readonly int _unit;
    private readonly bool _utf8;
    private readonly bool _bigEndian;
    private readonly byte[] _bytes = new byte[PieceSize];
    private readonly List<(int Char, long Byte)> _anchors = [];
    private char[] _chars = new char[PieceSize * 2];
    private int _length;
    private int _held;
    private (int Char, long Byte) _last;
    private int _lastAnchor;

    public TextWindow(string charset)
    {
        _utf8 = charset is "utf-8" or "";
        _unit = charset.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) ? 2 : 1;
        _bigEndian = charset.Equals("utf-16be", StringComparison.OrdinalIgnoreCase);
        _anchors.Add((0, 0));
    }

    public ReadOnlyMemory<char> Text => _chars.AsMemory(0, _length);

    /// <summary>Whether the text ends with this window.</summary>
    public bool IsLast { get; private set; }

    /// <summary>All bytes that became characters.</summary>
    public long BytesTaken { get; private set; }

    /// <summary>Adds the next piece.</summary>
    public async Task Fill(Stream source, CancellationToken cancellationToken)
    {
        while (_held < _bytes.Length)
        {
            var count = await source.ReadAsync(_bytes.AsMemory(_held), cancellationToken);
            _held += count;
            if (count == 0)
            {
                IsLast = true;
                break;
            }
        }

        Decode();
    }

    /// <summary>What is held becomes text; nothing comes after it.</summary>
    public void End()
    {
        IsLast = true;
        Decode();
    }

    /// <summary>The byte at which a character begins; for the second half of a surrogate pair, that of the first. Asking in rising order is
    /// quick.</summary>
    public long ByteAt(int index)
    {
        if (_utf8 && index > 0 && index < _length && char.IsLowSurrogate(_chars[index]))
        {
            index--;
        }

        if (index < _last.Char)
        {
            _lastAnchor = 0;
            _last = _anchors[0];
        }

        while (_lastAnchor + 1 < _anchors.Count && _anchors[_lastAnchor + 1].Char <= index)
        {
            _last = _anchors[++_lastAnchor];
        }

        var between = _chars.AsSpan(_last.Char, index - _last.Char);
        var length = _utf8 ? Encoding.UTF8.GetByteCount(between) : between.Length * _unit;
        _last = (index, _last.Byte + length);
        return _last.Byte;
    }

    /// <summary>Drops characters from the beginning and gives how many it dropped: never half of a surrogate pair.</summary>
    public int Drop(int count)
    {
        if (count > 0 && count < _length && char.IsLowSurrogate(_chars[count]))
        {
            count--;
        }

        var start = ByteAt(count);
        _chars.AsSpan(count, _length - count).CopyTo(_chars);
        _length -= count;
        var kept = _anchors.Where(anchor => anchor.Char > count).Select(anchor => (anchor.Char - count, anchor.Byte)).ToList();
        _anchors.Clear();
        _anchors.Add((0, start));
        _anchors.AddRange(kept);
        (_lastAnchor, _last) = (0, _anchors[0]);
        return count;
    }

    private void Decode()
    {
        if (_chars.Length < _length + _held)
        {
            Array.Resize(ref _chars, _length + _held);
        }

        var used = _utf8 ? DecodeUtf8() : DecodeUnits();
        BytesTaken += used;
        _bytes.AsSpan(used, _held - used).CopyTo(_bytes);
        _held -= used;
    }

    private int DecodeUnits()
    {
        var count = _held / _unit;
        for (var i = 0; i < count; i++)
        {
            _chars[_length + i] = _unit == 1 ? (char)_bytes[i]
                : _bigEndian ? (char)((_bytes[2 * i] << 8) | _bytes[(2 * i) + 1])
                : (char)(_bytes[2 * i] | (_bytes[(2 * i) + 1] << 8));
        }

        _length += count;
        return IsLast ? _held : count * _unit;
    }

    private int DecodeUtf8()
    {
        var used = 0;
        while (used < _held)
        {
            var status = Utf8.ToUtf16(
                _bytes.AsSpan(used, _held - used), _chars.AsSpan(_length), out var read, out var written, replaceInvalidSequences: false, isFinalBlock: IsLast);
            used += read;
            _length += written;
            if (status == OperationStatus.NeedMoreData)
            {
                break;
            }

            if (status == OperationStatus.InvalidData)
            {
                _chars[_length++] = '\ufffd';
                used++;
                _anchors.Add((_length, BytesTaken + used));
            }
        }

        return used;
    }
}
