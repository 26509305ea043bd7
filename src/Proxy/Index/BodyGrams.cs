using System.Buffers;
using System.Text;
using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Index;

/// <summary>
/// The groups of three characters that a text consists of, each as one of 262 144 numbers. A text that contains another has all its groups, so a
/// body that lacks one of those of the text that is searched need not be read. Case does not count. Not all characters take part: control
/// characters and letters whose case is no matter of A to Z break a text in pieces, so that the groups never say less than any search finds.
/// </summary>
internal sealed class BodyGrams
{
    /// <summary>How many numbers there are.</summary>
    public const int Count = 1 << Bits;

    /// <summary>A body with more groups than this is not worth indexing: it has nearly all of them.</summary>
    public const int MostInBody = 65_536;

    private const int Bits = 18;
    private const char Break = '\0';

    private static readonly char[] Folded = MakeFolded();

    private readonly ulong[] _seen = new ulong[Count / 64];
    private readonly List<int> _grams = [];

    /// <summary>Those gathered since <see cref="Clear"/>, each once.</summary>
    public IReadOnlyList<int> Gathered => _grams;

    /// <summary>The groups of a text that is searched for; empty when it is too short or consists of other characters.</summary>
    public static int[] Of(string text)
    {
        var grams = new BodyGrams();
        grams.Add(text.AsSpan());
        return [.. grams.Gathered];
    }

    public void Clear()
    {
        foreach (var gram in _grams)
        {
            _seen[gram >> 6] = 0;
        }

        _grams.Clear();
    }

    /// <summary>Adds the groups of a body, read as filters read it.</summary>
    public void Add(ReadOnlySpan<byte> body)
    {
        if (Ascii.IsValid(body))
        {
            var (first, second) = (Break, Break);
            foreach (var letter in body)
            {
                Next(ref first, ref second, Folded[letter]);
            }

            return;
        }

        var characters = ArrayPool<char>.Shared.Rent(body.Length);
        try
        {
            Add(characters.AsSpan(0, FilterContent.Decode(body, characters)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    private void Add(ReadOnlySpan<char> text)
    {
        var (first, second) = (Break, Break);
        foreach (var letter in text)
        {
            Next(ref first, ref second, Folded[letter]);
        }
    }

    private void Next(ref char first, ref char second, char third)
    {
        if (first != Break && second != Break && third != Break)
        {
            var gram = (int)(((((ulong)first << 32) | ((ulong)second << 16) | third) * 0x9E3779B97F4A7C15) >> (64 - Bits));
            ref var word = ref _seen[gram >> 6];
            var bit = 1UL << (gram & 63);
            if ((word & bit) == 0)
            {
                word |= bit;
                _grams.Add(gram);
            }
        }

        (first, second) = (second, third);
    }

    private static char[] MakeFolded()
    {
        var folded = new char[char.MaxValue + 1];
        for (var code = 0; code <= char.MaxValue; code++)
        {
            var letter = (char)code;
            var (lower, upper) = (char.ToLowerInvariant(letter), char.ToUpperInvariant(letter));
            folded[code] = letter switch
            {
                '\t' or '\n' or '\r' => letter,
                < ' ' or '\x7f' => Break,
                < '\x7f' => lower,

                // What regular expressions and .NET's comparison take for a letter of A to Z in another guise.
                '\u0130' or '\u0131' => 'i',
                '\u017f' => 's',
                '\u212a' => 'k',
                _ when char.IsAscii(lower) => lower,
                _ when char.IsAscii(upper) => char.ToLowerInvariant(upper),

                // Bytes that are no UTF-8 are read as Latin-1: images would be full of these.
                <= '\xff' => Break,
                _ when lower != letter || upper != letter || char.IsSurrogate(letter) => Break,
                _ => letter,
            };
        }

        return folded;
    }
}
