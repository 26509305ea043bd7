using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Storage;

/// <summary>All flows that match a filter, as ids, and the rows of some of them.</summary>
internal sealed partial class SessionReader
{
    /// <summary>The ids of all flows that match.</summary>
    public MatchingFlows MatchingIds(FlowFilter filter, FlowSort sort, Action<double>? progress) => Snapshot(() =>
    {
        var at = Progress();
        var select = Apply(filter, $"SELECT id FROM flow WHERE {filter.Sql(1)} ORDER BY {sort.Sql}", 1);
        var ids = new List<long>();
        try
        {
            while (select.Step())
            {
                ids.Add(select.Int64(0));
            }
        }
        finally
        {
            select.Reset();
        }

        progress?.Invoke(1);
        return new MatchingFlows([.. ids], at.Seq);
    });

    /// <summary>The rows of these flows, in the order of the ids.</summary>
    public List<FlowRow> Rows(ReadOnlySpan<long> ids)
    {
        var rows = new List<FlowRow>(ids.Length);
        _database.Execute("BEGIN");
        foreach (var id in ids)
        {
            var select = Prepared($"SELECT {Schema.FlowColumns} FROM flow WHERE id = ?1").Bind(1, id);
            try
            {
                if (select.Step())
                {
                    rows.Add(FlowRowReader.Read(select));
                }
            }
            finally
            {
                select.Reset();
            }
        }

        _database.Execute("COMMIT");
        return rows;
    }
}
