using System.Numerics;

namespace MitmWeb.Proxy.Views;

/// <summary>
/// Ids of flows in their order, a bit for each: a million dense ids take some 130 kB. It tells the position of an id and the id at a position,
/// and takes ids in any order. For one thread at a time.
/// </summary>
public sealed class IdSet
{
    private const int BlockBits = 12;
    private const int BlockSize = 1 << BlockBits;

    private readonly List<Block> _blocks = [];

    /// <summary>How many ids there are.</summary>
    public long Count { get; private set; }

    /// <summary>The greatest id; 0 when there is none.</summary>
    public long Last => _blocks is [.., var last] ? (last.Number << BlockBits) + last.Last : 0;

    /// <summary>A set of these ids.</summary>
    public static IdSet Of(ReadOnlySpan<long> ids)
    {
        var set = new IdSet();
        foreach (var id in ids)
        {
            set.Add(id);
        }

        return set;
    }

    /// <summary>Puts an id in.</summary>
    /// <param name="id">The id, not negative.</param>
    /// <returns>Whether it was not there.</returns>
    public bool Add(long id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        var index = Find(id >> BlockBits);
        if (index < 0)
        {
            index = ~index;
            _blocks.Insert(index, new Block(id >> BlockBits));
        }

        var added = _blocks[index].Add((int)(id & (BlockSize - 1)));
        Count += added ? 1 : 0;
        return added;
    }

    /// <summary>Takes an id out.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(long id)
    {
        var index = Find(id >> BlockBits);
        if (index < 0 || !_blocks[index].Remove((int)(id & (BlockSize - 1))))
        {
            return false;
        }

        Count--;
        if (_blocks[index].Count == 0)
        {
            _blocks.RemoveAt(index);
        }

        return true;
    }

    public bool Contains(long id)
    {
        var index = Find(id >> BlockBits);
        return index >= 0 && _blocks[index].Contains((int)(id & (BlockSize - 1)));
    }

    /// <summary>How many ids are less than this one.</summary>
    public long CountBefore(long id)
    {
        var index = Find(id >> BlockBits);
        var (before, end) = (0L, index < 0 ? ~index : index);
        for (var i = 0; i < end; i++)
        {
            before += _blocks[i].Count;
        }

        return before + (index < 0 ? 0 : _blocks[index].CountBefore((int)(id & (BlockSize - 1))));
    }

    /// <summary>The ids from a position on.</summary>
    /// <param name="position">Where to begin, from 0.</param>
    /// <param name="count">How many at most.</param>
    public List<long> Range(long position, int count)
    {
        var ids = new List<long>(Math.Min(count, 1024));
        foreach (var block in _blocks)
        {
            if (position >= block.Count)
            {
                position -= block.Count;
                continue;
            }

            block.CopyTo(ids, (int)position, count);
            position = 0;
            if (ids.Count == count)
            {
                break;
            }
        }

        return ids;
    }

    private int Find(long number)
    {
        // Nearly all that comes belongs to the newest.
        if (_blocks is [.., var last] && last.Number <= number)
        {
            return last.Number == number ? _blocks.Count - 1 : ~_blocks.Count;
        }

        var (low, high) = (0, _blocks.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_blocks[middle].Number == number)
            {
                return middle;
            }

            (low, high) = _blocks[middle].Number < number ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    private sealed class Block(long number)
    {
        private readonly ulong[] _bits = new ulong[BlockSize / 64];

        public long Number => number;

        public int Count { get; private set; }

        public int Last
        {
            get
            {
                var word = Array.FindLastIndex(_bits, bits => bits != 0);
                return (word * 64) + BitOperations.Log2(_bits[word]);
            }
        }

        public bool Contains(int bit) => (_bits[bit / 64] >> (bit % 64) & 1) != 0;

        public bool Add(int bit)
        {
            var added = !Contains(bit);
            _bits[bit / 64] |= 1UL << (bit % 64);
            Count += added ? 1 : 0;
            return added;
        }

        public bool Remove(int bit)
        {
            var removed = Contains(bit);
            _bits[bit / 64] &= ~(1UL << (bit % 64));
            Count -= removed ? 1 : 0;
            return removed;
        }

        public int CountBefore(int bit)
        {
            var before = 0;
            for (var word = 0; word < bit / 64; word++)
            {
                before += BitOperations.PopCount(_bits[word]);
            }

            return before + BitOperations.PopCount(_bits[bit / 64] & ((1UL << (bit % 64)) - 1));
        }

        /// <summary>Adds the ids from a position on, until the list has so many.</summary>
        public void CopyTo(List<long> ids, int position, int until)
        {
            for (var word = 0; word < _bits.Length && ids.Count < until; word++)
            {
                var bits = _bits[word];
                var inWord = BitOperations.PopCount(bits);
                if (position >= inWord)
                {
                    position -= inWord;
                    continue;
                }

                for (; bits != 0 && ids.Count < until; bits &= bits - 1)
                {
                    if (position-- <= 0)
                    {
                        ids.Add((number << BlockBits) + (word * 64) + BitOperations.TrailingZeroCount(bits));
                    }
                }

                position = 0;
            }
        }
    }
}
