namespace MitmWeb.Proxy.Http2;

/// <summary>The fields of one message as they were decoded, in their order. It is used again for the next message.</summary>
/// <param name="maxSize">How large it may become, counted as RFC 9113 counts SETTINGS_MAX_HEADER_LIST_SIZE (section 6.5.2): what lies
/// beyond is not kept.</param>
internal sealed class FieldBlock(int maxSize)
{
    private readonly PooledBuffer _bytes = new(1024);
    private Field[] _fields = new Field[32];

    public int Count { get; private set; }

    /// <summary>The size of everything that was added, kept or not.</summary>
    public long Size { get; private set; }

    public bool IsTooLarge => Size > maxSize;

    public ReadOnlySpan<byte> Name(int index) => _bytes.Span.Slice(_fields[index].Start, _fields[index].NameLength);

    public ReadOnlySpan<byte> Value(int index) =>
        _bytes.Span.Slice(_fields[index].Start + _fields[index].NameLength, _fields[index].ValueLength);

    /// <summary>Whether the sender asked that nobody puts it into a table (RFC 7541, section 6.2.3).</summary>
    public bool IsNeverIndexed(int index) => _fields[index].IsNeverIndexed;

    public void Clear()
    {
        _bytes.Clear();
        Count = 0;
        Size = 0;
    }

    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed = false)
    {
        Size += name.Length + value.Length + HpackDynamicTable.Overhead;
        if (IsTooLarge)
        {
            return;
        }

        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, Count * 2);
        }

        _fields[Count++] = new Field(_bytes.Length, name.Length, value.Length, isNeverIndexed);
        _bytes.Write(name);
        _bytes.Write(value);
    }

    /// <summary>Gives its buffer back.</summary>
    public void Release() => _bytes.Release();

    private readonly record struct Field(int Start, int NameLength, int ValueLength, bool IsNeverIndexed);
}
