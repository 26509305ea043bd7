using System.Buffers.Binary;
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

    /// <summary>Fewer texts are compared with each other; of more, eight bytes at a time.</summary>
    private const int Few = 16;

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

        Sort(sorted);
        var place = -1;
        for (var i = 0; i < sorted.Length; i++)
        {
            place += i == 0 || !sorted[i].Text.Bytes.SequenceEqual(sorted[i - 1].Text.Bytes) ? 1 : 0;
            places[sorted[i].Of][sorted[i].Number] = place;
        }

        return places;
    }

    /// <summary>
    /// Sorts by eight bytes after the other, as numbers: what has the same eight is sorted by the next. Comparing whole texts takes twice as long, most of
    /// which begin alike.
    /// </summary>
    private static void Sort((KeptText Text, int Of, int Number)[] texts)
    {
        var keys = new ulong[texts.Length];
        var open = new Stack<(int Start, int Length, int Depth)>([(0, texts.Length, 0)]);
        while (open.TryPop(out var run))
        {
            var some = texts.AsSpan(run.Start, run.Length);
            var next = run.Depth + sizeof(ulong);
            if (some.Length < Few)
            {
                some.Sort(static (a, b) => a.Text.Bytes.SequenceCompareTo(b.Text.Bytes));
                continue;
            }

            var keysOfSome = keys.AsSpan(run.Start, run.Length);
            for (var i = 0; i < some.Length; i++)
            {
                keysOfSome[i] = Key(some[i].Text.Bytes[Math.Min(run.Depth, some[i].Text.Length)..]);
            }

            keysOfSome.Sort(some);
            for (var (start, end) = (0, 0); start < some.Length; start = end)
            {
                end = keysOfSome[start..].IndexOfAnyExcept(keysOfSome[start]);
                end = end < 0 ? some.Length : start + end;
                if (end - start > 1)
                {
                    // Those that have ended differ at most by zeros at their ends, and come first.
                    var ended = Ended(some[start..end], next);
                    some.Slice(start, ended).Sort(static (a, b) => a.Text.Length.CompareTo(b.Text.Length));
                    open.Push((run.Start + start + ended, end - start - ended, next));
                }
            }
        }
    }

    /// <summary>Brings the texts to the front that are no longer than this, and gives how many they are.</summary>
    private static int Ended(Span<(KeptText Text, int Of, int Number)> texts, int length)
    {
        var ended = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i].Text.Length <= length)
            {
                (texts[ended], texts[i]) = (texts[i], texts[ended]);
                ended++;
            }
        }

        return ended;
    }

    /// <summary>The first eight bytes as a number that is ordered as they are; zeros stand for those that are missing.</summary>
    private static ulong Key(ReadOnlySpan<byte> text)
    {
        if (text.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(text);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        text.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
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
