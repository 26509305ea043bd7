using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Storage;

/// <summary>Gives numbers to texts while flows are found, so that each text is kept once, and puts the texts in order afterwards. For one thread.</summary>
internal sealed class SortTexts
{
    /// <summary>The key of NULL, which comes before everything.</summary>
    public const long Nothing = long.MinValue;

    private readonly List<byte[]> _texts = [];
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _numbers =
        new Dictionary<byte[], int>(Utf8Texts.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The number of a text in UTF-8.</summary>
    public int Number(ReadOnlySpan<byte> text)
    {
        if (!_numbers.TryGetValue(text, out var number))
        {
            number = _texts.Count;
            var kept = text.ToArray();
            _texts.Add(kept);
            _numbers.Dictionary.Add(kept, number);
        }

        return number;
    }

    /// <summary>The places of texts in the order of their bytes (as SQLite has it), for each of several by number; the same text has the same place.</summary>
    public static int[][] Places(IReadOnlyList<SortTexts> all)
    {
        var places = all.Select(texts => new int[texts._texts.Count]).ToArray();
        var sorted = new (byte[] Text, int Of, int Number)[all.Sum(texts => texts._texts.Count)];
        var count = 0;
        for (var of = 0; of < all.Count; of++)
        {
            for (var number = 0; number < all[of]._texts.Count; number++)
            {
                sorted[count++] = (all[of]._texts[number], of, number);
            }
        }

        Array.Sort(sorted, static (a, b) => a.Text.AsSpan().SequenceCompareTo(b.Text));
        var place = -1;
        for (var i = 0; i < sorted.Length; i++)
        {
            place += i == 0 || !sorted[i].Text.AsSpan().SequenceEqual(sorted[i - 1].Text) ? 1 : 0;
            places[sorted[i].Of][sorted[i].Number] = place;
        }

        return places;
    }
}
