using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Storage;

/// <summary>Gives numbers to texts while flows are found, and puts the texts in order afterwards. Hosts and the like are kept once each; of texts that are
/// many (paths) no more are looked up than that helps. For one thread.</summary>
internal sealed class SortTexts
{
    /// <summary>The key of NULL, which comes before everything.</summary>
    public const long Nothing = long.MinValue;

    private const int MaxLookedUp = 20_000;
    private const int ChunkSize = 1024 * 1024;

    private readonly List<KeptText> _texts = [];
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _numbers =
        new Dictionary<byte[], int>(Utf8Texts.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    private byte[] _chunk = [];
    private int _used;

    /// <summary>The number of a text in UTF-8.</summary>
    public int Number(ReadOnlySpan<byte> text)
    {
        if (_texts.Count >= MaxLookedUp)
        {
            return Keep(text);
        }

        if (!_numbers.TryGetValue(text, out var number))
        {
            number = Keep(text);
            _numbers[text] = number;
        }

        return number;
    }

    /// <summary>The places of texts in the order of their bytes (as SQLite has it), for each of several by number; the same text has the same place.</summary>
    public static int[][] Places(IReadOnlyList<SortTexts> all)
    {
        var places = all.Select(texts => new int[texts._texts.Count]).ToArray();
        var sorted = new (KeptText Text, int Of, int Number)[all.Sum(texts => texts._texts.Count)];
        var count = 0;
        for (var of = 0; of < all.Count; of++)
        {
            for (var number = 0; number < all[of]._texts.Count; number++)
            {
                sorted[count++] = (all[of]._texts[number], of, number);
            }
        }

        Array.Sort(sorted, static (a, b) => a.Text.Bytes.SequenceCompareTo(b.Text.Bytes));
        var place = -1;
        for (var i = 0; i < sorted.Length; i++)
        {
            place += i == 0 || !sorted[i].Text.Bytes.SequenceEqual(sorted[i - 1].Text.Bytes) ? 1 : 0;
            places[sorted[i].Of][sorted[i].Number] = place;
        }

        return places;
    }

    private int Keep(ReadOnlySpan<byte> text)
    {
        if (_used + text.Length > _chunk.Length)
        {
            _chunk = new byte[Math.Max(ChunkSize, text.Length)];
            _used = 0;
        }

        text.CopyTo(_chunk.AsSpan(_used));
        _texts.Add(new KeptText(_chunk, _used, text.Length));
        _used += text.Length;
        return _texts.Count - 1;
    }

    /// <summary>A text within a stretch of many.</summary>
    private readonly record struct KeptText(byte[] Chunk, int Start, int Length)
    {
        public ReadOnlySpan<byte> Bytes => Chunk.AsSpan(Start, Length);
    }
}
