using System.Globalization;

namespace MitmWeb.Proxy.Storage;

/// <summary>
/// Puts the flows of several sessions into a new one, in the order in which they began. Flows and connections get new ids; a certificate that
/// is in several is in the new one once. What is held in memory does not grow with the sessions: SQLite sorts in a file.
/// </summary>
public static class SessionMerge
{
    /// <summary>Flows that are copied at a time.</summary>
    private const int Step = 2000;

    /// <summary>Makes the new session. The sources stay as they are; one that is recorded is taken as it is now.</summary>
    /// <param name="sources">The sessions' files.</param>
    /// <param name="target">The file to make.</param>
    /// <param name="progress">Is told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops it; then there is no new session.</param>
    /// <exception cref="SessionFileException">A session cannot be read, or the new one not written.</exception>
    public static async Task Run(IReadOnlyList<string> sources, string target, IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(progress);
        foreach (var source in sources)
        {
            SessionFile.CheckForReading(source);
        }

        using var draft = SessionDraft.Begin(target);
        SessionFile.Create(draft.Path, TimeProvider.System);
        try
        {
            using var database = Database.OpenExisting(draft.Path);
            database.Execute(
                "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA busy_timeout=2000; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768; PRAGMA temp_store=FILE;");
            Fill(database, sources, progress, cancellationToken);
        }
        catch (DatabaseException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SessionFileException(SessionFile.Describe(draft.Path, e), e);
        }
        finally
        {
            foreach (var source in sources)
            {
                SessionFile.RemoveNotes(source);
            }
        }

        await draft.FinishAsNew().ConfigureAwait(false);
        progress.Report(1);
    }

    private static void Fill(Database database, IReadOnlyList<string> sources, IProgress<double> progress, CancellationToken cancellationToken)
    {
        using var watch = database.Watch(() => { }, cancellationToken);
        var total = Order(database, sources, out var created);
        var tables = TablesOfFlows(database);
        var (connections, done) = (0L, 0L);
        for (var source = 0; source < sources.Count; source++)
        {
            Attach(database, sources[source]);
            var last = database.ScalarInt64("SELECT max(coalesce((SELECT max(id) FROM source.connection), 0), (SELECT last_connection_id FROM source.progress))");
            database.Execute(Text($"INSERT OR IGNORE INTO main.certificate SELECT * FROM source.certificate; {Copy(database, "connection", connections, "")}"));
            for (var (from, to) = (0L, 0L); ; from = to)
            {
                to = database.ScalarInt64(Text($"SELECT max(flow_id) FROM (SELECT flow_id FROM merged WHERE source = {source} AND flow_id > {from} ORDER BY flow_id LIMIT {Step})"));
                if (to <= from)
                {
                    break;
                }

                // One transaction: what it reads of a session that is recorded meanwhile is from one moment.
                var range = Text($"merged.source = {source} AND merged.flow_id > {from} AND merged.flow_id <= {to}");
                database.Execute("BEGIN");
                foreach (var table in tables)
                {
                    database.Execute(Copy(database, table, connections, range));
                }

                done += database.ScalarInt64($"SELECT count(*) FROM merged WHERE {range}");
                database.Execute("COMMIT");
                progress.Report(0.99 * done / total);
                cancellationToken.ThrowIfCancellationRequested();
            }

            connections += last;
            database.Execute("DETACH source");
        }

        database.Execute(Text(
            $"""
             INSERT INTO flow_block (block, flows) SELECT id / {Schema.BlockSize}, count(*) FROM flow GROUP BY 1;
             UPDATE progress SET seq = {total}, flows = (SELECT count(*) FROM flow), last_flow_id = {total}, last_connection_id = {connections};
             UPDATE session SET created_at = {created};
             """));
    }

    /// <summary>Gives all flows their new ids, by the moment at which they began.</summary>
    /// <returns>How many there are.</returns>
    private static long Order(Database database, IReadOnlyList<string> sources, out long created)
    {
        created = long.MaxValue;
        database.Execute(
            "CREATE TEMP TABLE gathered (started_at INTEGER, source INTEGER, flow_id INTEGER);" +
            "CREATE TEMP TABLE merged (id INTEGER PRIMARY KEY, source INTEGER, flow_id INTEGER);");
        for (var source = 0; source < sources.Count; source++)
        {
            Attach(database, sources[source]);
            created = Math.Min(created, database.ScalarInt64("SELECT created_at FROM source.session"));
            database.Execute(Text($"INSERT INTO gathered SELECT started_at, {source}, id FROM source.flow; DETACH source;"));
        }

        database.Execute(
            "INSERT INTO merged (source, flow_id) SELECT source, flow_id FROM gathered ORDER BY started_at, source, flow_id;" +
            "DROP TABLE gathered; CREATE UNIQUE INDEX temp.merged_flow ON merged (source, flow_id);");
        return database.ScalarInt64("SELECT count(*) FROM merged");
    }

    private static void Attach(Database database, string path)
    {
        using (var attach = database.Prepare("ATTACH ?1 AS source"))
        {
            attach.Bind(1, Database.FileUri(path) + "?mode=ro").Run();
        }

        SessionFile.ReadInfo(database, path, "source");
    }

    /// <summary>The tables that hold something of single flows, <c>flow</c> itself first.</summary>
    private static List<string> TablesOfFlows(Database database)
    {
        var tables = new List<string> { "flow" };
        using var select = database.Prepare(
            "SELECT name FROM main.sqlite_master AS t WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name <> 'removal' " +
            "AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'flow_id') ORDER BY name");
        while (select.Step())
        {
            tables.Add(select.Text(0));
        }

        return tables;
    }

    /// <summary>The statement that copies a table's rows, with new ids where they stand for flows or connections.</summary>
    private static string Copy(Database database, string table, long connections, string range)
    {
        var isOfFlows = table != "connection";
        var columns = new List<(string Name, string Value)>();
        using (var select = database.Prepare("SELECT name FROM pragma_table_info(?1, 'main')").Bind(1, table))
        {
            while (select.Step())
            {
                var name = select.Text(0);
                var value = name switch
                {
                    "id" when table == "flow" => "merged.id",
                    "seq" when table == "flow" => "merged.id",
                    "flow_id" => "merged.id",
                    "id" when isOfFlows => null,
                    "id" or "client_connection_id" or "server_connection_id" => Text($"t.{name} + {connections}"),
                    _ => $"t.\"{name}\"",
                };
                if (value is not null)
                {
                    columns.Add(($"\"{name}\"", value));
                }
            }
        }

        var names = string.Join(", ", columns.Select(column => column.Name));
        var values = string.Join(", ", columns.Select(column => column.Value));
        var key = table == "flow" ? "id" : "flow_id";
        return isOfFlows
            ? $"INSERT INTO main.{table} ({names}) SELECT {values} FROM merged JOIN source.{table} AS t ON t.{key} = merged.flow_id WHERE {range};"
            : $"INSERT INTO main.{table} ({names}) SELECT {values} FROM source.{table} AS t;";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
