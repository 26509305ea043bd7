using System.Runtime.InteropServices;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Views;

/// <summary>
/// Ids in the order of a key that is not held: four bytes for each. The ids are cut into runs of some hundred; only where a run begins the key
/// is held. A new id is put into its run without looking at the others of it, so that a flow costs the same in a list of a million as in one
/// of a thousand. What is looked at is sorted then, by keys that are asked for; those of the runs that were looked at last are held as well.
/// </summary>
/// <remarks>
/// Keys may be asked for later than the change that the order is at: then a flow stands where it is going to be, but within its run, and the
/// change that tells of it puts things right. For one thread at a time.
/// </remarks>
internal sealed class KeyOrder
{
    private const int RunLength = 512;
    private const int MaxRunLength = 2 * RunLength;

    /// <summary>What is on a screen is in one or two.</summary>
    private const int MaxKeyedRuns = 4;

    private readonly FlowSort _sort;
    private readonly Func<ReadOnlyMemory<long>, IReadOnlyList<FlowRow>> _rows;
    private readonly List<Run> _runs = [];
    private readonly Queue<Run> _keyed = [];
    private readonly long _origin;

    /// <summary>Takes ids that are in order.</summary>
    /// <param name="sort">By what they are sorted.</param>
    /// <param name="sorted">The ids.</param>
    /// <param name="seq">The change at which they were in that order.</param>
    /// <param name="rows">Gives the flows of ids, without those that are not there any more.</param>
    public KeyOrder(FlowSort sort, ReadOnlySpan<long> sorted, long seq, Func<ReadOnlyMemory<long>, IReadOnlyList<FlowRow>> rows)
    {
        (_sort, _rows) = (sort, rows);
        foreach (var id in sorted)
        {
            _origin = _origin == 0 ? id : Math.Min(_origin, id);
        }

        // An id takes 32 bits, counted from here; some room is left for those that come late.
        _origin = Math.Max(0, _origin - int.MaxValue);
        var starts = new long[sorted.Length / RunLength];
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = sorted[i * RunLength];
        }

        // A flow that has changed meanwhile has another key than the one it stands here by.
        var known = new Dictionary<long, SortKey>();
        foreach (var row in rows(starts))
        {
            if (row.Seq <= seq)
            {
                known.Add(row.Id, sort.KeyOf(row));
            }
        }

        var from = 0;
        var fence = default(Fence);
        for (var i = 1; i < starts.Length; i++)
        {
            if (known.TryGetValue(starts[i], out var key))
            {
                Append(fence, sorted[from..(i * RunLength)]);
                (from, fence) = (i * RunLength, new Fence(key, starts[i]));
            }
        }

        Append(fence, sorted[from..]);
    }

    /// <summary>Puts in an id that is not there.</summary>
    public void Add(SortKey key, long id)
    {
        var place = new Fence(key, id);
        _runs[FindRun(place)].Add(Short(id), place);
    }

    /// <summary>Tells that a flow that is there has changed.</summary>
    /// <returns>Whether it is in its place; otherwise it must be removed by <see cref="RemoveAll"/> and added again.</returns>
    public bool TryMove(SortKey? before, SortKey key, long id)
    {
        var place = new Fence(key, id);
        var to = FindRun(place);
        var from = before is { } old ? FindRun(new Fence(old, id)) : to;
        if (from == to)
        {
            return _runs[to].Move(Short(id), place);
        }

        if (!_runs[from].Remove(Short(id)))
        {
            return false;
        }

        _runs[to].Add(Short(id), place);
        return true;
    }

    /// <summary>Takes an id out that stands where its key says.</summary>
    /// <returns>Whether it was there; otherwise <see cref="RemoveAll"/> finds it.</returns>
    public bool TryRemove(SortKey key, long id) => _runs[FindRun(new Fence(key, id))].Remove(Short(id));

    /// <summary>Takes ids out, wherever they are.</summary>
    public void RemoveAll(IReadOnlySet<long> ids)
    {
        if (ids.Count > 0)
        {
            foreach (var run in _runs)
            {
                run.RemoveAll(ids, _origin);
            }
        }
    }

    /// <summary>Cuts runs that have become too long, and joins those that have become short, so that each costs little to look at.</summary>
    public void Balance()
    {
        for (var i = _runs.Count - 1; i >= 0; i--)
        {
            if (_runs[i].Count > MaxRunLength)
            {
                Split(i);
            }
            else if (i > 0 && _runs[i].Count + _runs[i - 1].Count < RunLength / 2)
            {
                _runs[i - 1].Take(_runs[i]);
                _runs.RemoveAt(i);
            }
        }
    }

    /// <summary>The ids from a position on.</summary>
    public List<long> Range(long position, int count)
    {
        var ids = new List<long>(Math.Min(count, 1024));
        for (var i = 0; i < _runs.Count && ids.Count < count; i++)
        {
            var run = _runs[i];
            if (position >= run.Count)
            {
                position -= run.Count;
                continue;
            }

            Sort(run);
            for (var at = (int)position; at < run.Count && ids.Count < count; at++)
            {
                ids.Add(Long(run.Ids[at]));
            }

            position = 0;
        }

        return ids;
    }

    /// <summary>Where an id stands.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="id">An id that is there.</param>
    /// <returns>Null when it is not there.</returns>
    public long? PositionOf(SortKey key, long id)
    {
        var index = FindRun(new Fence(key, id));
        if (!_runs[index].Contains(Short(id)))
        {
            index = _runs.FindIndex(run => run.Contains(Short(id)));
            if (index < 0)
            {
                return null;
            }
        }

        Sort(_runs[index]);
        var position = (long)_runs[index].IndexOf(Short(id));
        for (var i = 0; i < index; i++)
        {
            position += _runs[i].Count;
        }

        return position;
    }

    private void Append(Fence fence, ReadOnlySpan<long> sorted)
    {
        var run = new Run(fence, sorted.Length);
        foreach (var id in sorted)
        {
            run.Append(Short(id));
        }

        _runs.Add(run);
    }

    /// <summary>The last run that begins at or before a place.</summary>
    private int FindRun(Fence place)
    {
        var (low, high) = (1, _runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _runs[middle].Fence.CompareTo(place) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    private void Sort(Run run)
    {
        if (!run.IsSorted)
        {
            var places = Places(run);
            run.Replace(Array.ConvertAll(places, place => Short(place.Id)), Array.ConvertAll(places, place => place.Place));
            _keyed.Enqueue(run);
            if (_keyed.Count > MaxKeyedRuns)
            {
                _keyed.Dequeue().ForgetKeys();
            }
        }
    }

    private void Split(int index)
    {
        var run = _runs[index];
        var places = Places(run);
        var parts = (places.Length + RunLength - 1) / RunLength;
        _runs.RemoveAt(index);
        for (var part = 0; part < parts; part++)
        {
            var (start, end) = ((int)((long)places.Length * part / parts), (int)((long)places.Length * (part + 1) / parts));
            var next = new Run(part == 0 ? run.Fence : places[start].Place, end - start);
            for (var i = start; i < end; i++)
            {
                next.Append(Short(places[i].Id));
            }

            _runs.Insert(index + part, next);
        }
    }

    /// <summary>Where the flows of a run belong, in their order. One that is gone stands at the beginning, until the change that tells of it.</summary>
    private (Fence Place, long Id)[] Places(Run run)
    {
        var places = new (Fence Place, long Id)[run.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = (run.Fence, Long(run.Ids[i]));
        }

        var keys = new Dictionary<long, SortKey>(places.Length);
        foreach (var row in _rows(Array.ConvertAll(places, place => place.Id)))
        {
            keys[row.Id] = _sort.KeyOf(row);
        }

        foreach (ref var place in places.AsSpan())
        {
            // A key that has changed since may belong to another run already; here it stands at the edge.
            if (keys.TryGetValue(place.Id, out var key) && new Fence(key, place.Id) is var known && known.CompareTo(run.Fence) > 0)
            {
                place.Place = known;
            }
        }

        Array.Sort(places, (a, b) => a.Place.CompareTo(b.Place));
        return places;
    }

    private uint Short(long id) => checked((uint)(id - _origin));

    private long Long(uint id) => id + _origin;

    /// <summary>A place in the order.</summary>
    private readonly record struct Fence(SortKey Key, long Id) : IComparable<Fence>
    {
        public int CompareTo(Fence other) => Key.CompareTo(other.Key) is var order and not 0 ? order : Id.CompareTo(other.Id);
    }

    /// <summary>Some ids that follow each other, in any order among themselves until somebody looks.</summary>
    private sealed class Run(Fence fence, int capacity)
    {
        private readonly List<uint> _ids = new(capacity);

        /// <summary>Where each of the ids belongs; null when that is not held.</summary>
        private List<Fence>? _places;

        /// <summary>All ids of the run stand at this place or after it, and those of the runs before it before it.</summary>
        public Fence Fence => fence;

        public bool IsSorted { get; private set; } = true;

        public int Count => _ids.Count;

        public ReadOnlySpan<uint> Ids => CollectionsMarshal.AsSpan(_ids);

        public bool Contains(uint id) => Ids.Contains(id);

        public int IndexOf(uint id) => Ids.IndexOf(id);

        /// <summary>Puts an id behind the others, where it belongs.</summary>
        public void Append(uint id) => _ids.Add(id);

        public void Add(uint id, Fence place)
        {
            if (_places is null)
            {
                _ids.Add(id);
                IsSorted = false;
                return;
            }

            var at = _places.BinarySearch(place);
            at = at < 0 ? ~at : at;
            _ids.Insert(at, id);
            _places.Insert(at, place);
        }

        /// <summary>Puts the ids into their order.</summary>
        public void Replace(ReadOnlySpan<uint> sorted, Fence[] places)
        {
            sorted.CopyTo(CollectionsMarshal.AsSpan(_ids));
            _places = [.. places];
            IsSorted = true;
        }

        public void ForgetKeys() => _places = null;

        public void Take(Run other)
        {
            IsSorted = IsSorted && other.IsSorted;
            _places = null;
            _ids.AddRange(other.Ids);
        }

        /// <returns>Whether it is there; then it may stand elsewhere among the others now.</returns>
        public bool Move(uint id, Fence place)
        {
            if (_places is null)
            {
                var found = Contains(id);
                IsSorted &= !found;
                return found;
            }

            if (!Remove(id))
            {
                return false;
            }

            Add(id, place);
            return true;
        }

        public bool Remove(uint id)
        {
            var index = IndexOf(id);
            if (index < 0)
            {
                return false;
            }

            _ids.RemoveAt(index);
            _places?.RemoveAt(index);
            return true;
        }

        public void RemoveAll(IReadOnlySet<long> ids, long origin)
        {
            if (_ids.RemoveAll(id => ids.Contains(id + origin)) > 0)
            {
                // They stand for ids that are no longer there.
                _places = null;
            }
        }
    }
}
