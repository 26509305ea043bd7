using System.Globalization;

namespace MitmWeb.Proxy.Storage;

/// <summary>
/// Flows that were deleted and can still be brought back. Their rows are out of <c>flow</c>, so that no query finds them; what else they hold
/// stays in its place until they are removed for good, a little with each commit. Few rows are moved to <c>deleted_flow</c>. Of many the
/// whole table is put aside under another name, which takes as long for a million flows as for one.
/// </summary>
internal sealed class Deletions : IDisposable
{
    /// <summary>A table with more rows than this is put aside rather than copied.</summary>
    internal const int MaxMoved = 10_000;

    private const int StepFlows = 500;
    private const int StepChunks = 100;

    private readonly Database _database;
    private readonly List<Statement> _all = [];
    private readonly Statement _move;
    private readonly Statement _record;
    private readonly Statement _oldest;
    private readonly Statement _forget;

    public Deletions(Database database)
    {
        _database = database;
        _move = Prepare($"INSERT INTO deleted_flow ({Schema.FlowColumns}, deletion) SELECT {Schema.FlowColumns}, ?2 FROM flow WHERE id = ?1");
        _record = Prepare(
            "INSERT INTO deletion (id, deleted_at, flows, is_table, last_connection_id) VALUES (?1, ?2, ?3, ?4, ?5) " +
            "ON CONFLICT (id) DO UPDATE SET flows = flows + ?3");
        _oldest = Prepare("SELECT id, is_table, last_connection_id FROM deletion WHERE deleted_at <= ?1 ORDER BY id LIMIT 1");
        _forget = Prepare("DELETE FROM deletion WHERE id = ?1");
        Last = database.ScalarInt64("SELECT max(id) FROM deletion");
    }

    /// <summary>The number of the last one when the session was opened.</summary>
    public long Last { get; }

    /// <summary>Whether there is something that can still be brought back.</summary>
    public bool HasAny => _database.ScalarInt64("SELECT EXISTS (SELECT 1 FROM deletion)") != 0;

    /// <summary>Writes down that flows are deleted.</summary>
    /// <param name="id">The deletion.</param>
    /// <param name="at">When, in microseconds after 1970.</param>
    /// <param name="flows">How many flows.</param>
    /// <param name="isTable">Whether they are in a table of their own.</param>
    /// <param name="lastConnectionId">Later connections have nothing to do with it.</param>
    public void Record(long id, long at, long flows, bool isTable, long lastConnectionId) =>
        _record.Bind(1, id).Bind(2, at).Bind(3, flows).Bind(4, isTable ? 1 : 0).Bind(5, lastConnectionId).Run();

    /// <summary>Takes one flow off the list.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Move(long flowId, long deletion)
    {
        _move.Bind(1, flowId).Bind(2, deletion).Run();
        return _database.Changes > 0;
    }

    /// <summary>Takes the flows up to an id off the list. The table is put aside when most of many flows go.</summary>
    /// <returns>How many went, and whether they are in a table of their own.</returns>
    public (long Flows, bool IsTable) MoveUpTo(long flowId, long deletion, long flows)
    {
        var limit = flowId.ToString(CultureInfo.InvariantCulture);
        var number = deletion.ToString(CultureInfo.InvariantCulture);
        if (flows <= MaxMoved || _database.ScalarInt64($"SELECT count(*) FROM (SELECT 1 FROM flow WHERE id <= {limit} LIMIT {MaxMoved + 1})") <= MaxMoved)
        {
            _database.Execute($"INSERT INTO deleted_flow ({Schema.FlowColumns}, deletion) SELECT {Schema.FlowColumns}, {number} FROM flow WHERE id <= {limit}");
            var moved = _database.Changes;
            _database.Execute($"DELETE FROM flow WHERE id <= {limit}");
            return (moved, false);
        }

        // Columns may be in another order in files of older versions, and later ones have more indexes: the file says what its table is like.
        var table = TableOf(deletion);
        var create = new List<string>();
        var indexes = new List<string>();
        using (var select = _database.Prepare("SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'flow' AND sql IS NOT NULL ORDER BY type DESC"))
        {
            while (select.Step())
            {
                create.Add(select.Text(2));
                if (select.Text(0) == "index")
                {
                    indexes.Add(select.Text(1));
                }
            }
        }

        _database.Execute($"ALTER TABLE flow RENAME TO {table}");
        foreach (var index in indexes)
        {
            _database.Execute($"DROP INDEX \"{index}\"");
        }

        foreach (var sql in create)
        {
            _database.Execute(sql);
        }

        _database.Execute($"INSERT INTO flow ({Schema.FlowColumns}) SELECT {Schema.FlowColumns} FROM {table} WHERE id > {limit}");
        var kept = _database.Changes;
        _database.Execute($"DELETE FROM {table} WHERE id > {limit}");
        return (flows - kept, true);
    }

    /// <summary>Puts some flows back on the list, each with a new number of change after <paramref name="seq"/>.</summary>
    /// <returns>The flows; none when there are no more, and then the deletion is forgotten.</returns>
    public List<FlowRow> Restore(long deletion, long seq, int limit)
    {
        var rows = new List<FlowRow>();
        if (Find(deletion) is not { } found)
        {
            return rows;
        }

        var columns = Schema.FlowColumns.Replace("id, seq,", "id, ?3 + row_number() OVER (ORDER BY id),", StringComparison.Ordinal)
            .Replace(" state,", " CASE WHEN state < 2 THEN 3 ELSE state END,", StringComparison.Ordinal)
            .Replace(" error,", " CASE WHEN state < 2 THEN coalesce(error, ?4) ELSE error END,", StringComparison.Ordinal);
        using (var some = _database.Prepare(
            $"INSERT INTO flow ({Schema.FlowColumns}) SELECT {columns} FROM (SELECT * FROM {found.Source(deletion)} ORDER BY id LIMIT ?2)"))
        {
            some.Bind(2, limit).Bind(3, seq).Bind(4, FlowRows.DeletedMessage).Run();
        }

        using (var select = _database.Prepare($"SELECT {Schema.FlowColumns} FROM flow WHERE seq > ?1 ORDER BY seq").Bind(1, seq))
        {
            while (select.Step())
            {
                rows.Add(FlowRowReader.Read(select));
            }
        }

        if (rows.Count == 0)
        {
            Forget(deletion, found.IsTable);
            return rows;
        }

        using (var delete = _database.Prepare($"DELETE FROM {found.Table(deletion)} WHERE id BETWEEN ?1 AND ?2{found.Condition(deletion)}"))
        {
            delete.Bind(1, rows[0].Id).Bind(2, rows[^1].Id).Run();
        }

        using (var removals = _database.Prepare("DELETE FROM removal WHERE flow_id IN (SELECT id FROM flow WHERE seq > ?1)").Bind(1, seq))
        {
            removals.Run();
        }

        if (_database.ScalarInt64($"SELECT EXISTS (SELECT 1 FROM {found.Source(deletion)})") == 0)
        {
            Forget(deletion, found.IsTable);
        }

        return rows;
    }

    /// <summary>Removes for good some of what was deleted until some time.</summary>
    /// <param name="until">Microseconds after 1970.</param>
    /// <param name="connectionsGone">Set when connections went too.</param>
    /// <returns>Whether there may be more.</returns>
    public bool Remove(long until, out bool connectionsGone)
    {
        connectionsGone = false;
        _oldest.Bind(1, until);
        if (!_oldest.Step())
        {
            _oldest.Reset();
            return false;
        }

        var (deletion, isTable, lastConnection) = (_oldest.Int64(0), _oldest.Int32(1) != 0, _oldest.Int64(2));
        _oldest.Reset();
        var source = new Place(isTable);
        var some = string.Create(CultureInfo.InvariantCulture, $"SELECT id FROM {source.Source(deletion)} ORDER BY id LIMIT {StepFlows}");
        _database.Execute($"DELETE FROM body_chunk WHERE id IN (SELECT id FROM body_chunk WHERE flow_id IN ({some}) LIMIT {StepChunks})");
        if (_database.Changes == StepChunks)
        {
            return true;
        }

        _database.Execute($"DELETE FROM content WHERE flow_id IN ({some})");
        _database.Execute($"DELETE FROM body WHERE flow_id IN ({some})");
        _database.Execute($"DELETE FROM {source.Table(deletion)} WHERE id IN ({some})");
        if (_database.Changes < StepFlows)
        {
            if (isTable)
            {
                RemoveConnections(lastConnection);
                connectionsGone = true;
            }

            Forget(deletion, isTable);
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var statement in _all)
        {
            statement.Dispose();
        }
    }

    private static string TableOf(long deletion) => string.Create(CultureInfo.InvariantCulture, $"cleared_flow_{deletion}");

    private Place? Find(long deletion)
    {
        using var select = _database.Prepare("SELECT is_table FROM deletion WHERE id = ?1").Bind(1, deletion);
        return select.Step() ? new Place(select.Int32(0) != 0) : null;
    }

    private void Forget(long deletion, bool isTable)
    {
        if (isTable)
        {
            _database.Execute($"DROP TABLE {TableOf(deletion)}");
        }

        _forget.Bind(1, deletion).Run();
    }

    private void RemoveConnections(long last)
    {
        using (var connections = _database.Prepare(
            "DELETE FROM connection WHERE id <= ?1 AND id NOT IN (SELECT client_connection_id FROM content " +
            "UNION SELECT server_connection_id FROM content WHERE server_connection_id IS NOT NULL)").Bind(1, last))
        {
            connections.Run();
        }

        _database.Execute(
            "DELETE FROM certificate WHERE sha256 NOT IN (SELECT json_each.value FROM connection, json_each(connection.certificates) " +
            "UNION SELECT client_certificate FROM connection WHERE client_certificate IS NOT NULL)");
    }

    private Statement Prepare(string sql)
    {
        var statement = _database.Prepare(sql);
        _all.Add(statement);
        return statement;
    }

    /// <summary>Where the rows of a deletion are.</summary>
    private readonly record struct Place(bool IsTable)
    {
        public string Table(long deletion) => IsTable ? TableOf(deletion) : "deleted_flow";

        public string Condition(long deletion) => IsTable ? "" : string.Create(CultureInfo.InvariantCulture, $" AND deletion = {deletion}");

        public string Source(long deletion) => IsTable ? TableOf(deletion) : string.Create(CultureInfo.InvariantCulture, $"deleted_flow WHERE deletion = {deletion}");
    }
}
