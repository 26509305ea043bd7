using System.Text;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Index;

/// <summary>
/// The whole words of bodies: what stands between other characters than letters and digits, and consists of 4 to 24 letters of A to Z. A body that
/// has a word passes a search for it without being read. Other than the groups of <see cref="BodyGrams"/> they may say less than there is,
/// and never more.
/// </summary>
internal sealed class BodyWords
{
    private const int MinLength = 4;
    private const int MaxLength = 24;

    /// <summary>More words of one body are left out: then that body is read.</summary>
    private const int MostInBody = 4096;

    private const byte Digit = 1;

    private static readonly byte[] Letters = MakeLetters();

    private readonly HashSet<int> _seen = [];
    private readonly StringBuilder _text = new();

    /// <summary>How many words have been gathered since <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>How a word that is searched for stands in the index when it is in the request or in the response; null when it is not of those that are there.</summary>
    public static string? Key(string text, MessageSide side)
    {
        if (text.Length is < MinLength or > MaxLength || !text.All(char.IsAsciiLetter))
        {
            return null;
        }

        return Prefix(side) + text.ToLowerInvariant();
    }

    public void Clear()
    {
        _text.Clear();
        Count = 0;
    }

    /// <summary>Those gathered since <see cref="Clear"/>, as they stand in the index, with spaces between.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Adds the words of one side's body. Whether its characters are one byte or more each: those of A to Z are one.</summary>
    public void Add(MessageSide side, ReadOnlySpan<byte> body)
    {
        _seen.Clear();
        Span<char> word = stackalloc char[MaxLength];
        var (length, isWord) = (0, true);
        foreach (var character in body)
        {
            var letter = Letters[character];
            if (letter > Digit)
            {
                if (length < MaxLength)
                {
                    word[length] = (char)letter;
                }

                length++;
                continue;
            }

            if (letter == Digit)
            {
                isWord = false;
                continue;
            }

            if (isWord)
            {
                Add(side, word, length);
            }

            (length, isWord) = (0, true);
        }

        if (isWord)
        {
            Add(side, word, length);
        }
    }

    private void Add(MessageSide side, ReadOnlySpan<char> word, int length)
    {
        if (length is < MinLength or > MaxLength || _seen.Count == MostInBody)
        {
            return;
        }

        // Two words with one hash: the second is left out, as if the body had too many.
        word = word[..length];
        if (_seen.Add(string.GetHashCode(word)))
        {
            _text.Append(Prefix(side)).Append(word).Append(' ');
            Count++;
        }
    }

    /// <summary>What no group of characters begins with (<see cref="BodyIndexFile.Word"/>).</summary>
    private static char Prefix(MessageSide side) => side == MessageSide.Request ? '0' : '1';

    private static byte[] MakeLetters()
    {
        var letters = new byte[256];
        for (var code = 0; code < letters.Length; code++)
        {
            letters[code] = char.IsAsciiLetter((char)code) ? (byte)char.ToLowerInvariant((char)code) : char.IsAsciiDigit((char)code) ? Digit : (byte)0;
        }

        return letters;
    }
}
