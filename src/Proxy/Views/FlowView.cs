using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Views;

/// <summary>
/// The flows that match a filter, in an order: how many there are, which stand at a position, and where one stands. It holds ids alone: a bit for
/// each, and four bytes more when it is not sorted by id. It is at one change of the session, and goes on with each commit that it is given.
/// Any number of threads may use it.
/// </summary>
public sealed class FlowView
{
    private readonly FlowStore _store;
    private readonly object _gate = new();
    private IdSet _ids = new();
    private KeyOrder? _order;

    /// <summary>Makes a view that is empty until <see cref="Load"/>.</summary>
    public FlowView(FlowStore store, FlowFilter filter, FlowSort sort)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(sort);
        (_store, Filter, Sort) = (store, filter, sort);
    }

    /// <summary>Which flows are in it.</summary>
    public FlowFilter Filter { get; }

    /// <summary>Their order.</summary>
    public FlowSort Sort { get; }

    /// <summary>The change of the session that it is at.</summary>
    public long Seq { get; private set; }

    /// <summary>How many flows match.</summary>
    public long Total
    {
        get
        {
            lock (_gate)
            {
                return _ids.Count;
            }
        }
    }

    /// <summary>The newest flow that matches; 0 when there is none.</summary>
    public long LastId
    {
        get
        {
            lock (_gate)
            {
                return _ids.Last;
            }
        }
    }

    /// <summary>Asks the file for everything that matches. What was there before stays until it is done.</summary>
    /// <param name="progress">Is told now and then which share of the flows has been looked at, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="FilterException">A regular expression takes too long.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(Action<double>? progress, CancellationToken cancellationToken)
    {
        var sort = Sort.Ascending;
        var matching = _store.MatchingIds(Filter, sort, progress, cancellationToken);
        var ids = IdSet.Of(matching.Ids);
        var order = sort.IsById ? null : new KeyOrder(sort, matching.Ids, matching.Seq, rows => _store.Rows(rows, CancellationToken.None));
        lock (_gate)
        {
            (_ids, _order, Seq) = (ids, order, matching.Seq);
        }
    }

    /// <summary>Which of the changed flows match. It may ask the file, when their rows do not tell; that may take long.</summary>
    /// <exception cref="FilterException">A regular expression takes too long.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlySet<long> Decide(PendingChanges changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (!Filter.NeedsContent)
        {
            return changes.Rows.Values.Where(change => Filter.Matches(change.Row)).Select(change => change.Row.Id).ToHashSet();
        }

        var ids = changes.Rows.Values.Where(change => change.Row.Seq > Seq).Select(change => change.Row.Id).ToArray();
        return ids.Length == 0 ? new HashSet<long>() : _store.Matching(Filter, ids, cancellationToken);
    }

    /// <summary>Goes on to a later change of the session.</summary>
    /// <param name="changes">All changes since the one that the view is at; earlier ones may be among them.</param>
    /// <param name="matching">What <see cref="Decide"/> says of them.</param>
    /// <returns>Whether a flow came, went, or moved; false also when all must be loaded anew.</returns>
    public bool Apply(PendingChanges changes, IReadOnlySet<long> matching)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(matching);
        lock (_gate)
        {
            var changed = false;
            var lost = new HashSet<long>();
            var again = new List<FlowRow>();
            foreach (var id in changes.Removed)
            {
                if (_ids.Remove(id))
                {
                    lost.Add(id);
                    changed = true;
                }
            }

            foreach (var (row, before) in changes.Rows.Values)
            {
                if (row.Seq <= Seq)
                {
                    continue;
                }

                var (matches, matched) = (matching.Contains(row.Id), _ids.Contains(row.Id));
                if (matches && !matched)
                {
                    _ids.Add(row.Id);
                    _order?.Add(Sort.KeyOf(row), row.Id);
                }
                else if (matched && !matches)
                {
                    _ids.Remove(row.Id);
                    if (_order is not null && !(before is not null && _order.TryRemove(Sort.KeyOf(before), row.Id)))
                    {
                        lost.Add(row.Id);
                    }
                }
                else if (matched && _order is not null && !_order.TryMove(before is null ? null : Sort.KeyOf(before), Sort.KeyOf(row), row.Id))
                {
                    lost.Add(row.Id);
                    again.Add(row);
                }

                changed |= matches != matched || (matched && _order is not null);
            }

            if (_order is not null)
            {
                _order.RemoveAll(lost);
                again.ForEach(row => _order.Add(Sort.KeyOf(row), row.Id));
                _order.Balance();
            }

            Seq = Math.Max(Seq, changes.Seq);
            return changed;
        }
    }

    /// <summary>The ids from a position on.</summary>
    /// <param name="position">Where to begin, from 0.</param>
    /// <param name="count">How many at most.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<long> Range(long position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        lock (_gate)
        {
            var total = _ids.Count;
            count = (int)Math.Clamp(total - position, 0, count);
            if (!Sort.Descending)
            {
                return Ascending(position, count);
            }

            var ids = Ascending(total - position - count, count);
            ids.Reverse();
            return ids;
        }
    }

    /// <summary>Where a flow stands, from 0; null when it does not match or is not there.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public long? PositionOf(long id)
    {
        lock (_gate)
        {
            if (!_ids.Contains(id))
            {
                return null;
            }

            var position = _order is null
                ? _ids.CountBefore(id)
                : _store.Rows(new[] { id }) is [var row] ? _order.PositionOf(Sort.KeyOf(row), id) : null;
            return position is { } at && Sort.Descending ? _ids.Count - 1 - at : position;
        }
    }

    /// <summary>Whether a flow matches.</summary>
    public bool Contains(long id)
    {
        lock (_gate)
        {
            return _ids.Contains(id);
        }
    }

    private List<long> Ascending(long position, int count) => count <= 0 ? [] : _order?.Range(position, count) ?? _ids.Range(position, count);
}
