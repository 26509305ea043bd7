using System.Globalization;

namespace MitmWeb.Proxy.Storage;

/// <summary>Brings session files of older versions up to date. Each step adds, or moves; nothing that was recorded is changed or dropped.</summary>
internal static class SchemaSteps
{
    /// <summary>The oldest version that can be brought up to date.</summary>
    public const int Oldest = 1;

    /// <summary>At index 0 what leads from version 1 to 2. Columns are added at the end, so that old files get the order of new ones.</summary>
    private static readonly string[] Steps =
    [
        Add("flow", "modified_by TEXT")
        + Add(
            "content",
            "blocked INTEGER",
            "request_head_wire INTEGER",
            "request_body_wire INTEGER",
            "response_head_wire INTEGER",
            "response_body_wire INTEGER",
            "pass_through_reason TEXT")
        + Add(
            "connection",
            "key_exchange_group TEXT",
            "resumed INTEGER",
            "hello_retried INTEGER",
            "client_hello BLOB",
            "server_hello BLOB",
            "ocsp_staple BLOB",
            "client_alert TEXT",
            "server_alert TEXT",
            "verification TEXT",
            "ja3 TEXT",
            "ja4 TEXT",
            "client_certificate TEXT"),

        // Of flows recorded before, nothing is known of these two.
        Add("flow", "host_header TEXT", "request_content_type TEXT"),

        ContentMove.Begin + Schema.CreateList,
    ];

    /// <summary>Brings the file up to date: the schema at once or not at all, then what must be moved, which may end early and goes on the next time.</summary>
    /// <param name="database">The connection that writes.</param>
    /// <param name="progress">Is told the share that is done, from 0 to 1, now and then; never when there is nothing to do.</param>
    public static void Apply(Database database, Action<double>? progress = null)
    {
        var version = (int)database.ScalarInt64("PRAGMA user_version");
        if (version < Schema.Version)
        {
            // Sorting a large index takes room, which memory may not have.
            database.Execute("PRAGMA temp_store=FILE");
            ChangeSchema(database, version);
            database.Execute("PRAGMA temp_store=MEMORY");
        }

        ContentMove.Finish(database, progress);
    }

    private static void ChangeSchema(Database database, int version)
    {
        // When a step fails the open transaction ends with the connection, and so does what it did.
        database.Execute("BEGIN IMMEDIATE");
        foreach (var step in Steps.Skip(version - Oldest))
        {
            database.Execute(step);
        }

        // The version is read from the file's own header, without the log.
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={Schema.Version}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE);"));
    }

    private static string Add(string table, params string[] columns) =>
        string.Concat(columns.Select(column => $"ALTER TABLE {table} ADD COLUMN {column};"));
}
