using MitmWeb.Proxy.Filters;

namespace MitmWeb.Proxy.Storage;

/// <summary>The parts of a search that <see cref="FlowSearch"/> shares among several readers. All but <see cref="Begin"/> are for between that and
/// <see cref="End"/>.</summary>
internal sealed partial class SessionReader
{
    /// <summary>From now on everything is read as it is at this moment.</summary>
    /// <returns>How far the session is at this moment.</returns>
    public SessionProgress Begin()
    {
        _database.Execute("BEGIN");
        BeginFilter();
        return Progress();
    }

    public void End()
    {
        _database.Execute("COMMIT");
        _hits = null;
    }

    /// <summary>All ids, in ranges of some thousand flows each.</summary>
    public List<IdRange> Ranges(int blocksInRange)
    {
        var ranges = new List<IdRange>();
        var select = Prepared($"SELECT min(block), max(block), sum(flows) FROM flow_block GROUP BY block / {blocksInRange} ORDER BY 1");
        try
        {
            while (select.Step())
            {
                ranges.Add(new IdRange(select.Int64(0) * Schema.BlockSize, ((select.Int64(1) + 1) * Schema.BlockSize) - 1, select.Int64(2)));
            }

            return ranges;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>How many flows of a range match.</summary>
    public long Count(FlowFilter filter, IdRange range)
    {
        var select = InRange(filter, "count(*)", range, "");
        try
        {
            return select.Step() ? select.Int64(0) : 0;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Which flows of a range match, in the order of their ids.</summary>
    public FoundFlows Find(FlowFilter filter, IdRange range, FlowSort sort, SortTexts texts)
    {
        var found = new FoundFlows();
        var select = InRange(filter, sort.IsById ? "flow.id" : $"flow.id, flow.{sort.Column}", range, "ORDER BY flow.id");
        try
        {
            while (select.Step())
            {
                found.Ids.Add(select.Int64(0));
                if (!sort.IsById)
                {
                    found.Keys.Add(select.IsNull(1) ? SortTexts.Nothing : sort.IsText ? texts.Number(select.Blob(1)) : select.Int64(1));
                }
            }

            return found;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Some of the matching flows of a range, in the order of their ids.</summary>
    public List<FlowRow> Rows(FlowFilter filter, IdRange range, bool descending, long offset, int limit)
    {
        var select = Apply(
            filter,
            $"SELECT {Schema.FlowColumns} FROM {filter.From()} WHERE {range.Sql} AND {filter.Sql(5)} " +
            $"ORDER BY {(descending ? "flow.id DESC" : "flow.id")} LIMIT ?3 OFFSET ?4",
            5);
        return ReadRows(range.Bind(select).Bind(3, limit).Bind(4, offset)).ToList();
    }

    /// <summary>The rows of these flows, in the order of the ids.</summary>
    public List<FlowRow> Rows(ReadOnlySpan<long> ids)
    {
        var rows = new List<FlowRow>(ids.Length);
        var select = Prepared($"SELECT {Schema.FlowColumns} FROM flow WHERE id = ?1");
        foreach (var id in ids)
        {
            try
            {
                if (select.Bind(1, id).Step())
                {
                    rows.Add(FlowRowReader.Read(select));
                }
            }
            finally
            {
                select.Reset();
            }
        }

        return rows;
    }

    private Statement InRange(FlowFilter filter, string columns, IdRange range, string rest) =>
        range.Bind(Apply(filter, $"SELECT {columns} FROM {filter.From()} WHERE {range.Sql} AND {filter.Sql(3)} {rest}", 3));
}
