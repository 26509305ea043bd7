using System.Runtime.ExceptionServices;
using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Storage;

/// <summary>Searches through all flows of a session. What would take long is shared: several readers, all at the same moment of the session, take
/// range after range of ids.</summary>
internal sealed class FlowSearch(ReaderPool readers)
{
    private const int BlocksInRange = 4;
    private const int MaxReaders = 4;
    private const int MaxAttempts = 50;

    private readonly int _readers = Math.Clamp(Environment.ProcessorCount, 1, MaxReaders);

    /// <summary>A search through fewer flows than this is not worth sharing.</summary>
    public required int WorthSharing { get; init; }

    /// <summary>How many flows match, and some of them by position.</summary>
    public FlowPage Page(FlowFilter filter, FlowSort sort, long offset, int limit, CancellationToken cancellationToken)
    {
        if (filter.IsEmpty && sort.IsById)
        {
            return readers.Use(
                reader =>
                {
                    var progress = reader.Begin();
                    var rows = offset >= progress.Flows || limit == 0 ? [] : reader.RowsByPosition(sort.Descending, offset, limit, progress.Flows);
                    reader.End();
                    return new FlowPage(progress.Flows, progress.Seq, offset, rows);
                },
                cancellationToken);
        }

        return Search(
            (together, progress) =>
            {
                if (!sort.IsById && limit > 0)
                {
                    var ids = Find(together, filter, sort, null);
                    var window = offset >= ids.Length ? [] : together[0].Rows(ids.AsSpan((int)offset, (int)Math.Min(limit, ids.Length - offset)));
                    return new FlowPage(ids.Length, progress.Seq, offset, window);
                }

                var ranges = together[0].Ranges(BlocksInRange);
                var counts = filter.IsEmpty ? ranges.Select(range => range.Flows).ToArray() : Count(together, filter, ranges);
                var rows = Rows(together[0], filter, sort.Descending, ranges, counts, offset, limit);
                return new FlowPage(counts.Sum(), progress.Seq, offset, rows);
            },
            cancellationToken);
    }

    /// <summary>How many flows match, and the change up to which that is so.</summary>
    public (long Total, long Seq) Count(FlowFilter filter, CancellationToken cancellationToken) =>
        Search((together, progress) => (Total(together, filter, progress), progress.Seq), cancellationToken);

    /// <summary>How many flows match, the change up to which that is so, and which of them still run.</summary>
    public FlowCount CountRunning(FlowFilter filter, CancellationToken cancellationToken) => Search(
        (together, progress) => new FlowCount(Total(together, filter, progress), progress.Seq, together[0].Running(filter)), cancellationToken);

    /// <summary>The ids of all flows that match.</summary>
    public MatchingFlows MatchingIds(FlowFilter filter, FlowSort sort, Action<double>? progress, CancellationToken cancellationToken) =>
        Search((together, at) => new MatchingFlows(Find(together, filter, sort, progress), at.Seq), cancellationToken);

    /// <summary>The rows of these flows, in the order of the ids.</summary>
    public List<FlowRow> Rows(ReadOnlyMemory<long> ids, CancellationToken cancellationToken) => readers.Use(
        reader =>
        {
            reader.Begin();
            var rows = reader.Rows(ids.Span);
            reader.End();
            return rows;
        },
        cancellationToken);

    private T Search<T>(Func<IReadOnlyList<SessionReader>, SessionProgress, T> search, CancellationToken cancellationToken)
    {
        return readers.Use(
            lead =>
            {
                var progress = lead.Begin();
                if (_readers > 1 && progress.Flows >= WorthSharing)
                {
                    lead.End();
                    return Share([lead], search, cancellationToken);
                }

                var result = search([lead], progress);
                lead.End();
                return result;
            },
            cancellationToken);
    }

    /// <summary>Takes one reader after the other, and searches with all of them.</summary>
    private T Share<T>(List<SessionReader> together, Func<IReadOnlyList<SessionReader>, SessionProgress, T> search, CancellationToken cancellationToken) =>
        readers.Use(
            reader =>
            {
                together.Add(reader);
                if (together.Count < _readers)
                {
                    return Share(together, search, cancellationToken);
                }

                var progress = BeginTogether(together);
                var result = search(together, progress);
                together.ForEach(each => each.End());
                return result;
            },
            cancellationToken);

    /// <summary>Lets all readers begin between the same two commits; those that cannot are left out.</summary>
    private static SessionProgress BeginTogether(List<SessionReader> together)
    {
        for (var attempt = 1; ; attempt++)
        {
            var progress = together.ConvertAll(reader => reader.Begin());
            if (progress.TrueForAll(each => each.Seq == progress[0].Seq))
            {
                return progress[0];
            }

            if (attempt == MaxAttempts)
            {
                together.GetRange(1, together.Count - 1).ForEach(reader => reader.End());
                together.RemoveRange(1, together.Count - 1);
                return progress[0];
            }

            together.ForEach(reader => reader.End());
        }
    }

    private static long Total(IReadOnlyList<SessionReader> together, FlowFilter filter, SessionProgress progress) =>
        filter.IsEmpty ? progress.Flows : Count(together, filter, together[0].Ranges(BlocksInRange)).Sum();

    private static long[] Count(IReadOnlyList<SessionReader> together, FlowFilter filter, List<IdRange> ranges)
    {
        var counts = new long[ranges.Count];
        ForEach(together, ranges, null, (reader, index, _) => counts[index] = reader.Count(filter, ranges[index]));
        return counts;
    }

    private static List<FlowRow> Rows(
        SessionReader reader, FlowFilter filter, bool descending, List<IdRange> ranges, long[] counts, long offset, int limit)
    {
        var rows = new List<FlowRow>();
        for (var i = 0; i < ranges.Count && rows.Count < limit; i++)
        {
            var index = descending ? ranges.Count - 1 - i : i;
            if (offset >= counts[index])
            {
                offset -= counts[index];
                continue;
            }

            rows.AddRange(reader.Rows(filter, ranges[index], descending, offset, limit - rows.Count));
            offset = 0;
        }

        return rows;
    }

    private static long[] Find(IReadOnlyList<SessionReader> together, FlowFilter filter, FlowSort sort, Action<double>? progress)
    {
        var ranges = together[0].Ranges(BlocksInRange);
        var found = new FoundFlows[ranges.Count];
        var finders = new int[ranges.Count];
        var texts = together.Select(_ => new SortTexts()).ToArray();
        ForEach(together, ranges, progress, (reader, index, finder) =>
        {
            found[index] = reader.Find(filter, ranges[index], sort, texts[finder]);
            finders[index] = finder;
        });

        var ids = new long[found.Sum(part => part.Ids.Count)];
        if (sort.IsById)
        {
            var count = 0;
            foreach (var part in found)
            {
                part.Ids.CopyTo(ids, count);
                count += part.Ids.Count;
            }
        }
        else
        {
            Sort(ids, found, finders, sort.IsText ? SortTexts.Places(texts) : null);
        }

        if (sort.Descending)
        {
            Array.Reverse(ids);
        }

        return ids;
    }

    private static void Sort(long[] ids, FoundFlows[] found, int[] finders, int[][]? places)
    {
        var sorted = new (long Key, long Id)[ids.Length];
        var count = 0;
        for (var part = 0; part < found.Length; part++)
        {
            for (var i = 0; i < found[part].Ids.Count; i++)
            {
                var key = found[part].Keys[i];
                sorted[count++] = (places is null || key == SortTexts.Nothing ? key : places[finders[part]][key], found[part].Ids[i]);
            }
        }

        Array.Sort(sorted);
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = sorted[i].Id;
        }
    }

    /// <summary>Does something with each range: each reader takes the next one as soon as it can.</summary>
    /// <param name="together">The readers; the first works on this thread.</param>
    /// <param name="ranges">The ranges.</param>
    /// <param name="progress">Is told the share that is done.</param>
    /// <param name="work">What to do: with which reader, with which range, and the reader's number.</param>
    private static void ForEach(
        IReadOnlyList<SessionReader> together, List<IdRange> ranges, Action<double>? progress, Action<SessionReader, int, int> work)
    {
        var (next, done, all) = (-1, 0L, Math.Max(1, ranges.Sum(range => range.Flows)));
        Exception? failure = null;
        var gate = new Lock();
        var helpers = Enumerable.Range(1, Math.Max(0, Math.Min(together.Count, ranges.Count) - 1)).Select(number => Task.Run(() => Work(number))).ToArray();
        Work(0);
        Task.WaitAll(helpers);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        if (ranges.Count == 0)
        {
            progress?.Invoke(1);
        }

        void Work(int number)
        {
            try
            {
                for (int index; Volatile.Read(ref failure) is null && (index = Interlocked.Increment(ref next)) < ranges.Count;)
                {
                    work(together[number], index, number);
                    lock (gate)
                    {
                        done += ranges[index].Flows;
                        progress?.Invoke((double)done / all);
                    }
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }
    }
}
