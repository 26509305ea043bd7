using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace MitmWeb.Proxy.Filters;

/// <summary>A text of ASCII that is looked for in bytes; the case of A to Z does not count. Many bytes are compared at once, with two letters of the
/// text that are seldom.</summary>
internal sealed class AsciiNeedle
{
    /// <summary>What heads and addresses consist of, the most frequent first (measured roughly; only the order matters).</summary>
    private const string Frequent = "e-atocnsripl/=;0.12dumhg: 3w456789,vfybx\"kjzq";

    private readonly byte[] _text;
    private readonly int _first;
    private readonly int _second;

    public AsciiNeedle(string text)
    {
        _text = Encoding.ASCII.GetBytes(text.ToLowerInvariant());
        var seldom = Enumerable.Range(0, _text.Length).OrderByDescending(index => Rarity(_text[index])).Take(2).ToArray();
        _first = seldom.Length > 0 ? seldom[0] : 0;
        _second = seldom.Length > 1 ? seldom[1] : _first;
    }

    public int Length => _text.Length;

    /// <summary>Whether the text is part of the bytes.</summary>
    public bool IsIn(ReadOnlySpan<byte> bytes)
    {
        var last = bytes.Length - _text.Length;
        if (last < 0 || _text.Length == 0)
        {
            return _text.Length == 0;
        }

        var (first, second) = (_text[_first], _text[_second]);
        var (firstFold, secondFold) = (Fold(first), Fold(second));
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var position = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var (firsts, seconds) = (Vector256.Create(first), Vector256.Create(second));
            var (firstFolds, secondFolds) = (Vector256.Create(firstFold), Vector256.Create(secondFold));
            for (; position <= last - Vector256<byte>.Count + 1; position += Vector256<byte>.Count)
            {
                var hits = (Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)(position + _first)) | firstFolds, firsts)
                    & Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)(position + _second)) | secondFolds, seconds)).ExtractMostSignificantBits();
                for (; hits != 0; hits &= hits - 1)
                {
                    if (IsAt(bytes, position + System.Numerics.BitOperations.TrailingZeroCount(hits)))
                    {
                        return true;
                    }
                }
            }
        }

        for (; position <= last; position++)
        {
            if ((Unsafe.Add(ref start, position + _first) | firstFold) == first && (Unsafe.Add(ref start, position + _second) | secondFold) == second && IsAt(bytes, position))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the text is all of the bytes.</summary>
    public bool Is(ReadOnlySpan<byte> bytes) => bytes.Length == _text.Length && Ascii.EqualsIgnoreCase(bytes, _text);

    private bool IsAt(ReadOnlySpan<byte> bytes, int position) => Ascii.EqualsIgnoreCase(bytes.Slice(position, _text.Length), _text);

    /// <summary>The bit that makes a letter a small one.</summary>
    private static byte Fold(byte letter) => (byte)(char.IsAsciiLetterLower((char)letter) ? 0x20 : 0);

    private static int Rarity(byte letter) => Frequent.IndexOf((char)letter, StringComparison.Ordinal) is var index and >= 0 ? index : Frequent.Length;
}
