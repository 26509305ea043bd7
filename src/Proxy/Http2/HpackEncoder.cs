namespace MitmWeb.Proxy.Http2;

/// <summary>
/// Encodes field blocks (RFC 7541). What repeats goes into the dynamic table; what is secret or new each time does not (section 7.1).
/// One per connection and direction, used in the order in which the blocks are sent.
/// </summary>
internal sealed class HpackEncoder
{
    private const int OwnMaxTableSize = 4096;

    /// <summary>A shorter cookie could be guessed byte by byte from how well it compresses.</summary>
    private const int ShortCookie = 20;

    private readonly HpackDynamicTable _table = new(OwnMaxTableSize);
    private int _pendingSize = -1;
    private int _smallestSize = int.MaxValue;

    /// <summary>The peer has said how large the table may be (SETTINGS_HEADER_TABLE_SIZE).</summary>
    public void SetMaxTableSize(uint size)
    {
        _pendingSize = (int)Math.Min(size, OwnMaxTableSize);
        _smallestSize = Math.Min(_smallestSize, _pendingSize);
    }

    /// <summary>Begins a block: says first how the table's size has changed (section 4.2).</summary>
    public void Begin(PooledBuffer output)
    {
        if (_pendingSize < 0)
        {
            return;
        }

        if (_pendingSize != _table.MaxSize || _smallestSize < _table.MaxSize)
        {
            if (_smallestSize < _pendingSize)
            {
                Resize(output, _smallestSize);
            }

            Resize(output, _pendingSize);
        }

        _pendingSize = -1;
        _smallestSize = int.MaxValue;
    }

    /// <summary>Encodes one field. The name must be in lower case.</summary>
    public void Encode(PooledBuffer output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed = false)
    {
        var nameHash = HpackDynamicTable.Hash(name);
        var nameIndex = HpackStaticTable.FindName(name, nameHash);
        if (isNeverIndexed || IsSecret(nameIndex, value))
        {
            WriteLiteral(output, 0x10, 4, nameIndex, name, value);
            return;
        }

        if (nameIndex > 0 && HpackStaticTable.FindValue(nameIndex, value) is var index and > 0)
        {
            WriteInteger(output, 0x80, 7, index);
            return;
        }

        var isIndexable = !IsNewEachTime(nameIndex) && name.Length + value.Length + HpackDynamicTable.Overhead <= _table.MaxSize * 3 / 4;
        var valueHash = isIndexable ? HpackDynamicTable.Hash(value) : 0;
        for (var i = 0; i < _table.Count && (isIndexable || nameIndex == 0); i++)
        {
            ref readonly var entry = ref _table[i];
            if (entry.NameHash == nameHash && entry.Name.SequenceEqual(name))
            {
                if (isIndexable && entry.ValueHash == valueHash && entry.Value.SequenceEqual(value))
                {
                    WriteInteger(output, 0x80, 7, HpackStaticTable.Count + 1 + i);
                    return;
                }

                if (nameIndex == 0)
                {
                    nameIndex = HpackStaticTable.Count + 1 + i;
                }
            }
        }

        if (isIndexable)
        {
            WriteLiteral(output, 0x40, 6, nameIndex, name, value);
            _table.Insert(name, value, nameHash, valueHash);
        }
        else
        {
            WriteLiteral(output, 0, 4, nameIndex, name, value);
        }
    }

    private static bool IsSecret(int nameIndex, ReadOnlySpan<byte> value) => nameIndex switch
    {
        23 or 49 => true, // authorization, proxy-authorization
        32 => value.Length < ShortCookie,
        _ => false,
    };

    /// <summary>Fields whose value seldom comes again: they would push out what does.</summary>
    private static bool IsNewEachTime(int nameIndex) => nameIndex switch
    {
        4 or 5 => true, // :path
        21 or 28 or 30 or 34 or 36 or 40 or 41 or 44 or 46 or 55 => true, // age, content-length, content-range, etag, expires, if-*, last-modified, location, set-cookie
        _ => false,
    };

    private static void WriteLiteral(PooledBuffer output, byte pattern, int prefix, int nameIndex, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        WriteInteger(output, pattern, prefix, nameIndex);
        if (nameIndex == 0)
        {
            WriteText(output, name);
        }

        WriteText(output, value);
    }

    private static void WriteText(PooledBuffer output, ReadOnlySpan<byte> text)
    {
        var encoded = HpackHuffman.EncodedLength(text);
        if (encoded < text.Length)
        {
            WriteInteger(output, 0x80, 7, encoded);
            HpackHuffman.Encode(text, output.Add(encoded));
        }
        else
        {
            WriteInteger(output, 0, 7, text.Length);
            output.Write(text);
        }
    }

    private static void WriteInteger(PooledBuffer output, byte pattern, int prefix, int value)
    {
        var mask = (1 << prefix) - 1;
        if (value < mask)
        {
            output.Write((byte)(pattern | value));
            return;
        }

        output.Write((byte)(pattern | mask));
        for (value -= mask; value >= 0x80; value >>= 7)
        {
            output.Write((byte)(value | 0x80));
        }

        output.Write((byte)value);
    }

    private void Resize(PooledBuffer output, int size)
    {
        WriteInteger(output, 0x20, 5, size);
        _table.SetMaxSize(size);
    }
}
