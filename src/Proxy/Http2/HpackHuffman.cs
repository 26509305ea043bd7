namespace MitmWeb.Proxy.Http2;

/// <summary>
/// HPACK's Huffman code (RFC 7541, section 5.2 and appendix B). The code is canonical: the lengths alone say what every code is.
/// Decoding walks a table of states, four bits at a time.
/// </summary>
internal static class HpackHuffman
{
    private const int EndOfString = 256;
    private const byte Emits = 1;
    private const byte Accepts = 2;
    private const byte Fails = 4;

    private static readonly byte[] Lengths =
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    private static readonly uint[] Codes = MakeCodes();
    private static readonly Step[] Steps = MakeSteps();

    /// <summary>How many bytes the text takes when it is encoded.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> text)
    {
        var bits = 0L;
        foreach (var one in text)
        {
            bits += Lengths[one];
        }

        return (int)((bits + 7) / 8);
    }

    /// <summary>Encodes into exactly <see cref="EncodedLength"/> bytes.</summary>
    public static void Encode(ReadOnlySpan<byte> text, Span<byte> to)
    {
        var pending = 0UL;
        var count = 0;
        var position = 0;
        foreach (var one in text)
        {
            pending = (pending << Lengths[one]) | Codes[one];
            count += Lengths[one];
            while (count >= 8)
            {
                count -= 8;
                to[position++] = (byte)(pending >> count);
            }
        }

        if (count > 0)
        {
            // The rest of the last byte is the beginning of the end-of-string code: ones.
            to[position] = (byte)((pending << (8 - count)) | (0xffu >> count));
        }
    }

    /// <summary>Decodes. The text is at most 8/5 as long as its code.</summary>
    /// <param name="code">The encoded bytes.</param>
    /// <param name="to">Room for <c>code.Length * 8 / 5 + 1</c> bytes.</param>
    /// <returns>How many bytes were written; -1 when the code is no valid one.</returns>
    public static int Decode(ReadOnlySpan<byte> code, Span<byte> to)
    {
        var steps = Steps;
        var state = 0;
        var flags = Accepts;
        var position = 0;
        foreach (var one in code)
        {
            for (var shift = 4; shift >= 0; shift -= 4)
            {
                var step = steps[(state << 4) | ((one >> shift) & 0xf)];
                flags = step.Flags;
                if ((flags & (Emits | Fails)) != 0)
                {
                    if ((flags & Fails) != 0)
                    {
                        return -1;
                    }

                    to[position++] = step.Symbol;
                }

                state = step.Next;
            }
        }

        return (flags & Accepts) != 0 ? position : -1;
    }

    private static uint[] MakeCodes()
    {
        var codes = new uint[Lengths.Length];
        var code = 0u;
        for (var length = 1; length <= 30; length++)
        {
            code <<= 1;
            for (var symbol = 0; symbol < Lengths.Length; symbol++)
            {
                if (Lengths[symbol] == length)
                {
                    codes[symbol] = code++;
                }
            }
        }

        return codes;
    }

    private static Step[] MakeSteps()
    {
        // The tree: an entry is a further node when positive, else -1 - symbol; 0 is not built yet.
        var tree = new List<int[]> { new int[2] };
        var depths = new List<(int Depth, bool AllOnes)> { (0, true) };
        for (var symbol = 0; symbol <= EndOfString; symbol++)
        {
            var node = 0;
            for (var bit = Lengths[symbol] - 1; bit >= 0; bit--)
            {
                var branch = (int)((Codes[symbol] >> bit) & 1);
                if (bit == 0)
                {
                    tree[node][branch] = -1 - symbol;
                }
                else
                {
                    if (tree[node][branch] == 0)
                    {
                        tree[node][branch] = tree.Count;
                        depths.Add((depths[node].Depth + 1, depths[node].AllOnes && branch == 1));
                        tree.Add(new int[2]);
                    }

                    node = tree[node][branch];
                }
            }
        }

        var steps = new Step[tree.Count * 16];
        for (var state = 0; state < tree.Count; state++)
        {
            for (var nibble = 0; nibble < 16; nibble++)
            {
                var node = state;
                byte symbol = 0;
                byte flags = 0;
                for (var bit = 3; bit >= 0 && (flags & Fails) == 0; bit--)
                {
                    var next = tree[node][(nibble >> bit) & 1];
                    if (next == -1 - EndOfString)
                    {
                        flags = Fails;
                    }
                    else if (next < 0)
                    {
                        symbol = (byte)(-1 - next);
                        flags |= Emits;
                        node = 0;
                    }
                    else
                    {
                        node = next;
                    }
                }

                // What is left over must be padding: fewer than eight bits, all of them ones.
                if ((flags & Fails) == 0 && depths[node] is { Depth: < 8, AllOnes: true })
                {
                    flags |= Accepts;
                }

                steps[(state << 4) | nibble] = new Step((byte)node, flags, symbol);
            }
        }

        return steps;
    }

    private readonly record struct Step(byte Next, byte Flags, byte Symbol);
}
