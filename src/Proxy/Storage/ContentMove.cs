namespace MitmWeb.Proxy.Storage;

/// <summary>
/// Moves what a session of version 3 holds besides its rows into the tables of version 4: heads into one, bodies into another. That is most of the
/// file, so it is done in many transactions, and goes on where it ended when MitmWeb was stopped meanwhile. The pages that a transaction frees are
/// used by the next, so that the file hardly grows.
/// </summary>
internal static class ContentMove
{
    /// <summary>What begins it: part of the step that makes the file one of version 4.</summary>
    public const string Begin = "ALTER TABLE content RENAME TO content_old;" + Schema.CreateContent;

    private const int FlowsAtOnce = 1000;

    /// <summary>Whether it was begun and has not ended.</summary>
    public static bool IsUnfinished(Database database) =>
        database.ScalarInt64("SELECT count(*) FROM sqlite_master WHERE name = 'content_old'") > 0;

    /// <summary>Does what is left of it.</summary>
    /// <param name="database">The connection that writes.</param>
    /// <param name="progress">Is told the share that is done, from 0 to 1, after each transaction.</param>
    public static void Finish(Database database, Action<double>? progress)
    {
        if (!IsUnfinished(database))
        {
            return;
        }

        var last = database.ScalarInt64("SELECT max(flow_id) FROM content_old");
        using (var next = database.Prepare($"SELECT flow_id FROM content_old ORDER BY flow_id LIMIT 1 OFFSET {FlowsAtOnce - 1}"))
        using (var bodies = database.Prepare(
            "INSERT INTO body SELECT flow_id, request_body, response_body FROM content_old " +
            "WHERE flow_id <= ?1 AND (request_body IS NOT NULL OR response_body IS NOT NULL)"))
        using (var heads = database.Prepare(
            $"INSERT INTO content ({Schema.ContentColumns}) SELECT {Schema.ContentColumns} FROM content_old WHERE flow_id <= ?1"))
        using (var rest = database.Prepare("DELETE FROM content_old WHERE flow_id <= ?1"))
        {
            for (var more = true; more;)
            {
                more = next.Step();
                var upTo = more ? next.Int64(0) : last;
                next.Reset();
                database.Execute("BEGIN IMMEDIATE");
                bodies.Bind(1, upTo).Run();
                heads.Bind(1, upTo).Run();
                rest.Bind(1, upTo).Run();
                database.Execute("COMMIT");
                progress?.Invoke(last == 0 ? 1 : (double)upTo / last);
            }
        }

        database.Execute("DROP TABLE content_old");
    }
}
