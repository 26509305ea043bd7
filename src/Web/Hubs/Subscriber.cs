using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.Web.Api;

namespace MitmWeb.Web.Hubs;

/// <summary>
/// What one client has yet to be told. Commits are added as they come; what has gathered is taken as one message. The number of matching
/// flows is counted in the file now and then, and kept up with each commit in between.
/// </summary>
internal sealed class Subscriber(FlowStore store, FlowFilter filter)
{
    /// <summary>A message with more rows than this is worth less than loading anew.</summary>
    private const int MaxRows = 5000;

    private readonly object _gate = new();
    private readonly Dictionary<long, FlowRow> _rows = [];
    private readonly HashSet<long> _removed = [];
    private readonly List<(long Seq, int Change)> _sinceCounting = [];

    // For filters that a row cannot answer: what the file must be asked about, and which running flows are counted as matching.
    private readonly Dictionary<long, FlowRow> _undecided = [];
    private readonly Dictionary<long, FlowRow> _deciding = [];
    private HashSet<long> _matchingRunning = [];
    private bool _counting = true;
    private bool _mustCount;
    private bool _started;
    private bool _reset;
    private bool _pushing;
    private bool _dirty;
    private long _total;
    private long _countedSeq = -1;
    private long _knownSeq = -1;
    private long _seq;

    public FlowStore Store => store;

    public FlowFilter Filter => filter;

    /// <summary>The client looks at another session than it knows: the first message tells it to load anew.</summary>
    /// <returns>Whether the caller must push.</returns>
    public bool StartAnew()
    {
        lock (_gate)
        {
            ResetAll();
            (_started, _dirty) = (true, true);
            return TryStartPushing();
        }
    }

    /// <summary>Adds a commit.</summary>
    /// <returns>Whether nobody is pushing yet, so that the caller must.</returns>
    public bool Add(FlowChanges changes)
    {
        lock (_gate)
        {
            if (changes.Seq <= _knownSeq && !changes.Reset)
            {
                return false;
            }

            var change = 0;
            var gone = changes.Reset || changes.RemovedIds.Count > 0;
            if (changes.Reset)
            {
                ResetAll();
            }

            foreach (var (row, before) in changes.Rows)
            {
                if (filter.NeedsContent)
                {
                    _undecided[row.Id] = row;
                    continue;
                }

                var (matches, matched) = (filter.Matches(row), before is not null && filter.Matches(before));
                change += (matches ? 1 : 0) - (matched ? 1 : 0);
                if (matches)
                {
                    _removed.Remove(row.Id);
                    _rows[row.Id] = row;
                }
                else if (matched)
                {
                    _rows.Remove(row.Id);
                    _removed.Add(row.Id);
                }
            }

            foreach (var id in changes.RemovedIds)
            {
                _undecided.Remove(id);
                _deciding.Remove(id);
                _rows.Remove(id);
                _removed.Add(id);
            }

            if (_rows.Count + _removed.Count + _undecided.Count > MaxRows)
            {
                ResetAll();
            }

            _seq = Math.Max(_seq, changes.Seq);
            _total += changes.Seq > _countedSeq ? change : 0;
            _mustCount |= gone;
            _dirty = true;
            if (_counting)
            {
                _sinceCounting.Add((changes.Seq, change));
            }

            return TryStartPushing();
        }
    }

    /// <summary>Begins to count the matching flows in the file; commits that come meanwhile are remembered.</summary>
    public void BeginCount()
    {
        lock (_gate)
        {
            _counting = true;
            _mustCount = false;
            _sinceCounting.Clear();
        }
    }

    /// <summary>Sets the number of matching flows as it was at some change.</summary>
    public void EndCount(FlowCount count)
    {
        lock (_gate)
        {
            var (total, seq) = (count.Total, count.Seq);
            _matchingRunning = [.. count.Running];
            _total = total + _sinceCounting.Where(commit => commit.Seq > seq).Sum(commit => commit.Change);
            _seq = Math.Max(_seq, seq);
            _countedSeq = seq;
            _counting = false;
            _sinceCounting.Clear();
        }
    }

    /// <summary>The client has its answer, so that messages may follow.</summary>
    /// <param name="missed">What it missed while it was away, or null.</param>
    /// <param name="seq">Everything up to this the client knows or will load.</param>
    /// <returns>Whether the caller must push.</returns>
    public bool Start(FlowChanges? missed, long seq)
    {
        lock (_gate)
        {
            foreach (var id in _rows.Where(pair => pair.Value.Seq <= seq).Select(pair => pair.Key).ToArray())
            {
                _rows.Remove(id);
            }

            foreach (var id in _undecided.Where(pair => pair.Value.Seq <= seq).Select(pair => pair.Key).ToArray())
            {
                _undecided.Remove(id);
            }

            if (missed is not null)
            {
                foreach (var (row, _) in missed.Rows)
                {
                    _rows.TryAdd(row.Id, row);
                }

                foreach (var id in missed.RemovedIds.Where(id => !_rows.ContainsKey(id)))
                {
                    _removed.Add(id);
                }
            }

            _started = true;
            _knownSeq = seq;
            _dirty |= missed is { } changes && (changes.Rows.Count > 0 || changes.RemovedIds.Count > 0);
            return TryStartPushing();
        }
    }

    /// <summary>Whether the number of matching flows can no longer be told without counting.</summary>
    public bool MustCount
    {
        get
        {
            lock (_gate)
            {
                return _mustCount;
            }
        }
    }

    /// <summary>Takes the flows that the file must be asked about; <see cref="Decide"/> must follow.</summary>
    public long[] TakeUndecided()
    {
        lock (_gate)
        {
            _deciding.Clear();
            foreach (var (id, row) in _undecided)
            {
                _deciding.Add(id, row);
            }

            _undecided.Clear();
            return [.. _deciding.Keys];
        }
    }

    /// <summary>Adds what the file has answered. It may know a flow's newer state, of which this client hears later; then it is asked again,
    /// so that the count comes out right in the end.</summary>
    public void Decide(IReadOnlySet<long> matching)
    {
        lock (_gate)
        {
            foreach (var (id, row) in _deciding)
            {
                var (matches, counted) = (matching.Contains(id), _matchingRunning.Contains(id));
                if (row.Seq > _countedSeq)
                {
                    _total += (matches ? 1 : 0) - (counted ? 1 : 0);
                    if (matches && row.State < FlowState.Done)
                    {
                        _matchingRunning.Add(id);
                    }
                    else
                    {
                        _matchingRunning.Remove(id);
                    }
                }

                if (matches)
                {
                    _removed.Remove(id);
                    _rows[id] = row;
                }
                else if (counted || row.Seq <= _countedSeq)
                {
                    _rows.Remove(id);
                    _removed.Add(id);
                }
            }

            _deciding.Clear();
        }
    }

    /// <summary>Takes what has gathered.</summary>
    /// <returns>The message; null when there is nothing, and then nobody is pushing any more.</returns>
    public ChangesDto? Take()
    {
        lock (_gate)
        {
            if (!_dirty)
            {
                _pushing = false;
                return null;
            }

            var message = new ChangesDto(
                _seq, _total, _rows.Values.OrderBy(row => row.Seq).Select(row => new FlowRowDto(row)).ToArray(), [.. _removed], _reset);
            _rows.Clear();
            _removed.Clear();
            (_dirty, _reset) = (false, false);
            return message;
        }
    }

    /// <summary>A message could not be sent: nobody is pushing any more, and the next message is a reset.</summary>
    public void Fail()
    {
        lock (_gate)
        {
            ResetAll();
            (_pushing, _dirty) = (false, true);
        }
    }

    private bool TryStartPushing()
    {
        if (!_started || !_dirty || _pushing)
        {
            return false;
        }

        return _pushing = true;
    }

    private void ResetAll()
    {
        _rows.Clear();
        _removed.Clear();
        _undecided.Clear();
        _deciding.Clear();
        _reset = true;
        _mustCount = true;
    }
}
