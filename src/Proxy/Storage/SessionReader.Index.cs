using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Index;

namespace MitmWeb.Proxy.Storage;

/// <summary>What the index of bodies reads, and what it spares.</summary>
internal sealed partial class SessionReader
{
    private BodyHits? _hits;

    /// <summary>The last change.</summary>
    public long LastSeq() => Progress().Seq;

    /// <summary>The number of flows, and the last change.</summary>
    public (long Flows, long Seq) Count()
    {
        var progress = Progress();
        return (progress.Flows, progress.Seq);
    }

    /// <summary>When a flow began; null when there is none.</summary>
    public long? StartedAt(long id)
    {
        var select = Prepared("SELECT started_at FROM flow WHERE id = ?1").Bind(1, id);
        try
        {
            return select.Step() ? select.Int64(0) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>The flows that have ended and changed after a change, in the order of their changes.</summary>
    public List<(long Id, long Seq, long StartedAt, long Length)> EndedAfter(long seq, int limit)
    {
        var flows = new List<(long Id, long Seq, long StartedAt, long Length)>();
        var select = Prepared($"SELECT id, seq, started_at, request_size + response_size FROM flow WHERE seq > ?1 AND state >= {(int)FlowState.Done} ORDER BY seq LIMIT ?2").Bind(1, seq).Bind(2, limit);
        try
        {
            while (select.Step())
            {
                flows.Add((select.Int64(0), select.Int64(1), select.Int64(2), select.Int64(3)));
            }

            return flows;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>The flows that changed after a change, and those that still run; null when there are too many.</summary>
    public List<long>? ChangedAfter(long seq, int most)
    {
        var ids = new List<long>();
        var select = Prepared("SELECT id FROM flow WHERE seq > ?1 UNION ALL SELECT id FROM flow WHERE state < 2 LIMIT ?2").Bind(1, seq).Bind(2, most + 1);
        try
        {
            while (select.Step())
            {
                ids.Add(select.Int64(0));
            }

            return ids.Count > most ? null : ids;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>From now to the end of the search only flows that these name are read for the bodies that a filter looks for.</summary>
    public void Spare(BodyHits? hits) => _hits = hits;
}
