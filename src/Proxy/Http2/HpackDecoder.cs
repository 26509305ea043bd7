namespace MitmWeb.Proxy.Http2;

/// <summary>Decodes field blocks (RFC 7541). One per connection and direction: each block builds on those before it.</summary>
/// <param name="maxTableSize">The dynamic table's largest size, as announced to the peer (SETTINGS_HEADER_TABLE_SIZE).</param>
internal sealed class HpackDecoder(int maxTableSize = 4096)
{
    private readonly HpackDynamicTable _table = new(maxTableSize);
    private readonly PooledBuffer _text = new(1024);

    /// <summary>Decodes a whole block.</summary>
    /// <exception cref="Http2ConnectionException">The block is malformed: the connection cannot go on (RFC 9113, section 4.3).</exception>
    public void Decode(ReadOnlySpan<byte> block, FieldBlock fields)
    {
        var mayResize = true;
        while (!block.IsEmpty)
        {
            var first = block[0];
            if ((first & 0x80) != 0)
            {
                // Indexed field (section 6.1).
                var index = ReadInteger(ref block, 7);
                Find(index, out var name, out var value);
                fields.Add(name, value);
                mayResize = false;
            }
            else if ((first & 0xe0) == 0x20)
            {
                // Table size update (section 6.3): only at the beginning of a block (section 4.2).
                var size = ReadInteger(ref block, 5);
                if (!mayResize || size > maxTableSize)
                {
                    throw Broken("a dynamic table size update where none may be, or a larger one than allowed");
                }

                _table.SetMaxSize(size);
            }
            else
            {
                // Literals: with incremental indexing (6.2.1), never indexed (6.2.3), without indexing (6.2.2).
                var isIndexed = (first & 0x40) != 0;
                var index = ReadInteger(ref block, isIndexed ? 6 : 4);
                _text.Clear();
                ReadOnlySpan<byte> name;
                var nameLength = 0;
                if (index > 0)
                {
                    Find(index, out name, out _);
                    ReadText(ref block);
                }
                else
                {
                    ReadText(ref block);
                    nameLength = _text.Length;
                    ReadText(ref block);
                    name = _text.Span[..nameLength];
                }

                var value = _text.Span[nameLength..];
                fields.Add(name, value, !isIndexed && (first & 0x10) != 0);
                if (isIndexed)
                {
                    _table.Insert(name, value);
                }

                mayResize = false;
            }
        }
    }

    /// <summary>Gives its buffer back.</summary>
    public void Release() => _text.Release();

    private static int ReadInteger(ref ReadOnlySpan<byte> block, int prefix)
    {
        var mask = (1 << prefix) - 1;
        var value = block[0] & mask;
        block = block[1..];
        if (value < mask)
        {
            return value;
        }

        for (var shift = 0; shift <= 21; shift += 7)
        {
            if (block.IsEmpty)
            {
                throw Broken("an integer that does not end");
            }

            var next = block[0];
            block = block[1..];
            value += (next & 0x7f) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }

        throw Broken("an integer larger than anything sensible");
    }

    private void ReadText(ref ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
        {
            throw Broken("a text that is missing");
        }

        var isHuffman = (block[0] & 0x80) != 0;
        var length = ReadInteger(ref block, 7);
        if (length > block.Length)
        {
            throw Broken("a text that is longer than the block");
        }

        if (isHuffman)
        {
            var count = HpackHuffman.Decode(block[..length], _text.Reserve((int)(length * 8L / 5) + 1));
            if (count < 0)
            {
                throw Broken("an invalid Huffman code");
            }

            _text.Advance(count);
        }
        else
        {
            _text.Write(block[..length]);
        }

        block = block[length..];
    }

    private void Find(int index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        if (index is > 0 and <= HpackStaticTable.Count)
        {
            name = HpackStaticTable.Name(index);
            value = HpackStaticTable.Value(index);
            return;
        }

        index -= HpackStaticTable.Count + 1;
        if (index < 0 || index >= _table.Count)
        {
            throw Broken("an index beyond the tables");
        }

        ref readonly var entry = ref _table[index];
        name = entry.Name;
        value = entry.Value;
    }

    private static Http2ConnectionException Broken(string what) =>
        new(Http2ErrorCode.CompressionError, $"The compressed fields (HPACK) hold {what}.");
}
