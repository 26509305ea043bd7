using System.Runtime.ExceptionServices;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Index;
using MitmWeb.Proxy.Threads;

namespace MitmWeb.Proxy.Storage;

/// <summary>Searches through all flows of a session. What would take long is shared: several readers, all at the same moment of the session, take
/// range after range of ids.</summary>
internal sealed class FlowSearch(ReaderPool readers, BodyIndex? index)
{
    private const int BlocksInRange = 4;
    private const int MaxReaders = 4;
    private const int MaxAttempts = 50;

    /// <summary>When the index does not know more flows than this, everything is read instead.</summary>
    private const int MaxUnknown = 200_000;

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
            filter,
            (together, progress, hits) =>
            {
                if (!sort.IsById && limit > 0)
                {
                    var ids = Find(together, filter, sort, hits, null, cancellationToken);
                    var window = offset >= ids.Length ? [] : together[0].Rows(ids.AsSpan((int)offset, (int)Math.Min(limit, ids.Length - offset)));
                    return new FlowPage(ids.Length, progress.Seq, offset, window);
                }

                var ranges = Ranges(together[0], filter, hits);
                var counts = filter.IsEmpty ? ranges.Select(range => range.Flows).ToArray() : Count(together, filter, ranges, cancellationToken);
                var rows = Rows(together[0], filter, sort.Descending, ranges, counts, offset, limit);
                return new FlowPage(counts.Sum(), progress.Seq, offset, rows);
            },
            cancellationToken);
    }

    /// <summary>How many flows match, and the change up to which that is so.</summary>
    public (long Total, long Seq) Count(FlowFilter filter, CancellationToken cancellationToken) =>
        Search(filter, (together, progress, hits) => (Total(together, filter, progress, hits, cancellationToken), progress.Seq), cancellationToken);

    /// <summary>The ids of all flows that match.</summary>
    public MatchingFlows MatchingIds(FlowFilter filter, FlowSort sort, Action<double>? progress, CancellationToken cancellationToken) =>
        Search(filter, (together, at, hits) => new MatchingFlows(Find(together, filter, sort, hits, progress, cancellationToken), at.Seq), cancellationToken);

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

    /// <summary>The values of these headers, for each of these flows that is there.</summary>
    public Dictionary<long, string?[]> Headers(ReadOnlyMemory<long> ids, IReadOnlyList<ListedHeader> headers, CancellationToken cancellationToken) => readers.Use(
        reader =>
        {
            reader.Begin();
            var content = new FileContent(reader);
            var values = new Dictionary<long, string?[]>(ids.Length);
            foreach (var id in ids.Span)
            {
                content.Show(id);
                values[id] = [.. headers.Select(header => header.Find(content.Headers(header.Side)))];
            }

            reader.End();
            return values;
        },
        cancellationToken);

    /// <summary>Searches the session as it is at one moment. The index is asked before that: flows that changed since it knew them are known by
    /// their changes.</summary>
    private T Search<T>(
        FlowFilter filter, Func<IReadOnlyList<SessionReader>, SessionProgress, BodyHits?, T> search, CancellationToken cancellationToken) =>
        PatientThread.Run(() => SearchHere(filter, search, cancellationToken));

    private T SearchHere<T>(
        FlowFilter filter, Func<IReadOnlyList<SessionReader>, SessionProgress, BodyHits?, T> search, CancellationToken cancellationToken)
    {
        var hits = index?.Search(filter, cancellationToken);
        return readers.Use(
            lead =>
            {
                var progress = lead.Begin();
                if (_readers > 1 && progress.Flows >= WorthSharing)
                {
                    lead.End();
                    return Share([lead], (together, at) => Spared(together, at, hits, search), cancellationToken);
                }

                var result = Spared([lead], progress, hits, search);
                lead.End();
                return result;
            },
            cancellationToken);
    }

    private static T Spared<T>(
        IReadOnlyList<SessionReader> together, SessionProgress at, BodyHits? hits, Func<IReadOnlyList<SessionReader>, SessionProgress, BodyHits?, T> search)
    {
        if (hits is not null)
        {
            var unknown = together[0].ChangedAfter(hits.Seq, MaxUnknown);
            hits.AddUnknown(unknown ?? []);
            hits = unknown is null ? null : hits;
        }

        foreach (var reader in together)
        {
            reader.Spare(hits);
        }

        return search(together, at, hits);
    }

    private static List<IdRange> Ranges(SessionReader reader, FlowFilter filter, BodyHits? hits)
    {
        var ranges = reader.Ranges(BlocksInRange);
        return hits?.Of(filter) is { } ids ? IdRange.Narrow(ranges, ids) : ranges;
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

    private static long Total(
        IReadOnlyList<SessionReader> together, FlowFilter filter, SessionProgress progress, BodyHits? hits, CancellationToken cancellationToken) =>
        filter.IsEmpty ? progress.Flows : Count(together, filter, Ranges(together[0], filter, hits), cancellationToken).Sum();

    private static long[] Count(IReadOnlyList<SessionReader> together, FlowFilter filter, List<IdRange> ranges, CancellationToken cancellationToken)
    {
        var counts = new long[ranges.Count];
        ForEach(together, ranges, null, (reader, index, _) => counts[index] = reader.Count(filter, ranges[index]), cancellationToken);
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

    private static long[] Find(
        IReadOnlyList<SessionReader> together, FlowFilter filter, FlowSort sort, BodyHits? hits, Action<double>? progress, CancellationToken cancellationToken)
    {
        var ranges = Ranges(together[0], filter, hits);
        var found = new FoundFlows[ranges.Count];
        var finders = new int[ranges.Count];
        var texts = together.Select(_ => new SortTexts()).ToArray();
        ForEach(together, ranges, progress, (reader, index, finder) =>
        {
            found[index] = reader.Find(filter, ranges[index], sort, texts[finder]);
            finders[index] = finder;
        }, cancellationToken);

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
    /// <param name="cancellationToken">Ends it between two ranges; the readers themselves are stopped within one.</param>
    private static void ForEach(
        IReadOnlyList<SessionReader> together, List<IdRange> ranges, Action<double>? progress, Action<SessionReader, int, int> work, CancellationToken cancellationToken)
    {
        var (next, done, all) = (-1, 0L, Math.Max(1, ranges.Sum(range => range.Flows)));
        Exception? failure = null;
        var gate = new Lock();
        var helpers = Enumerable.Range(1, Math.Clamp(ranges.Count, 1, together.Count) - 1).Select(number => PatientThread.Start(() => Work(number))).ToArray();
        Work(0);
        Task.WaitAll(helpers, CancellationToken.None);
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
                    cancellationToken.ThrowIfCancellationRequested();
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
