using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Views;

/// <summary>What has changed since somebody looked last: each flow once, with its newest state and the oldest one before it.</summary>
public sealed class PendingChanges
{
    /// <summary>More than this is worth less than loading anew.</summary>
    private const int MaxRows = 50_000;

    private readonly Dictionary<long, FlowChange> _rows = [];
    private readonly HashSet<long> _removed = [];

    /// <summary>The last change; 0 when there is none.</summary>
    public long Seq { get; private set; }

    /// <summary>The change at which everything has to be loaded anew; 0 when there is none.</summary>
    public long ResetSeq { get; private set; }

    /// <summary>The flows that are new or have changed.</summary>
    public IReadOnlyDictionary<long, FlowChange> Rows => _rows;

    /// <summary>The flows that were deleted.</summary>
    public IReadOnlySet<long> Removed => _removed;

    public bool IsEmpty => Seq == 0;

    /// <summary>Adds a commit.</summary>
    public void Add(FlowChanges changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        Seq = Math.Max(Seq, changes.Seq);
        if (changes.Reset)
        {
            Reset(changes.Seq);
        }

        foreach (var change in changes.Rows)
        {
            _removed.Remove(change.Row.Id);
            _rows[change.Row.Id] = _rows.TryGetValue(change.Row.Id, out var earlier) ? change with { Before = earlier.Before } : change;
        }

        foreach (var id in changes.RemovedIds)
        {
            _rows.Remove(id);
            _removed.Add(id);
        }

        if (_rows.Count + _removed.Count > MaxRows)
        {
            Reset(changes.Seq);
        }
    }

    private void Reset(long seq)
    {
        _rows.Clear();
        _removed.Clear();
        ResetSeq = seq;
    }
}
