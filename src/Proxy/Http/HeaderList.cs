using System.Collections;
using System.Text;

namespace MitmWeb.Proxy.Http;

/// <summary>
/// Header lines in the order in which they were on the wire, duplicates and case kept. It is a view of the head's own bytes:
/// strings are only made for the lines that somebody asks for.
/// </summary>
public sealed class HeaderList : IReadOnlyList<HeaderField>
{
    private readonly byte[] _bytes;
    private readonly Line[] _lines;

    internal HeaderList(byte[] bytes, Line[] lines)
    {
        _bytes = bytes;
        _lines = lines;
    }

    /// <summary>The list with no lines.</summary>
    public static HeaderList Empty { get; } = new([], []);

    /// <inheritdoc />
    public int Count => _lines.Length;

    /// <inheritdoc />
    public HeaderField this[int index] => new(Encoding.Latin1.GetString(NameBytes(index)), Encoding.Latin1.GetString(ValueBytes(index)));

    /// <summary>Makes a list from names and values; characters above U+00FF are written as UTF-8.</summary>
    /// <exception cref="ArgumentException">A name or value has a CR, LF or NUL in it.</exception>
    public static HeaderList Create(IEnumerable<HeaderField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var buffer = new MemoryStream();
        foreach (var field in fields)
        {
            HeadText.WriteField(buffer, field);
        }

        buffer.Write("\r\n"u8);
        return Parse(buffer.ToArray());
    }

    /// <summary>Reads header or trailer lines up to the empty line that ends them.</summary>
    /// <param name="block">Whole lines with their line ends, the empty one included; kept, not copied.</param>
    public static HeaderList Parse(byte[] block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return HeadParser.ParseLines(block, 0);
    }

    /// <summary>The name of a line as it was on the wire.</summary>
    public ReadOnlySpan<byte> NameBytes(int index) => _bytes.AsSpan(_lines[index].NameStart, _lines[index].NameLength);

    /// <summary>The value of a line as it was on the wire, without the white space around it; a folded value keeps its folds.</summary>
    public ReadOnlySpan<byte> ValueBytes(int index) => _bytes.AsSpan(_lines[index].ValueStart, _lines[index].ValueLength);

    /// <summary>Whether the line came over HTTP/2 with the wish that no intermediary puts it into a compression table (RFC 7541, section 7.1.3).</summary>
    internal bool IsNeverIndexed(int index) => _lines[index].IsNeverIndexed;

    /// <summary>Where the line stands within the head's bytes, its line end included.</summary>
    public Range LineRange(int index) => _lines[index].Start.._lines[index].End;

    /// <summary>The position of the first line of that name (case does not matter) at or after <paramref name="from"/>, or -1.</summary>
    public int IndexOf(ReadOnlySpan<byte> name, int from = 0)
    {
        for (var i = from; i < _lines.Length; i++)
        {
            if (_lines[i].NameLength == name.Length && Ascii.EqualsIgnoreCase(NameBytes(i), name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether there is a line of that name.</summary>
    public bool Contains(ReadOnlySpan<byte> name) => IndexOf(name) >= 0;

    /// <summary>The first value of that name, or null.</summary>
    public string? Find(ReadOnlySpan<byte> name)
    {
        var index = IndexOf(name);
        return index < 0 ? null : Encoding.Latin1.GetString(ValueBytes(index));
    }

    /// <summary>Whether a comma-separated list header holds that token, in any of its lines (RFC 9110, section 5.6.1).</summary>
    public bool HasToken(ReadOnlySpan<byte> name, ReadOnlySpan<byte> token)
    {
        for (var i = IndexOf(name); i >= 0; i = IndexOf(name, i + 1))
        {
            var rest = ValueBytes(i);
            while (!rest.IsEmpty)
            {
                var comma = rest.IndexOf((byte)',');
                var item = comma < 0 ? rest : rest[..comma];
                rest = comma < 0 ? [] : rest[(comma + 1)..];
                if (Ascii.EqualsIgnoreCase(item.Trim(" \t"u8), token))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <inheritdoc />
    public IEnumerator<HeaderField> GetEnumerator()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal readonly record struct Line(int Start, int End, int NameStart, int NameLength, int ValueStart, int ValueLength, bool IsNeverIndexed = false);
}
