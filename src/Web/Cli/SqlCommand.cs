using System.Text;
using MitmWeb.Proxy.Sql;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Cli;

/// <summary>Carries <c>mitmweb sql</c> out.</summary>
internal static class SqlCommand
{
    /// <summary>Runs the statement and prints its rows.</summary>
    /// <exception cref="SqlException">The statement is wrong, or took too long.</exception>
    /// <exception cref="SessionFileException">The file cannot be used.</exception>
    /// <exception cref="IOException">The file broke while it was read, or the output cannot be written.</exception>
    public static void Run(SqlOptions options, TextReader input, Func<Stream> standardOutput, TextWriter errors, CancellationToken cancellationToken)
    {
        using var sql = SessionSql.Open(options.File);
        var statement = options.Statement ?? input.ReadToEnd();
        if (options.Output is { } path && path.StartsWith(options.File, StringComparison.Ordinal) && path[options.File.Length..] is "" or "-wal" or "-shm")
        {
            throw new IOException($"The rows cannot be written over the session {path}; name another file.");
        }

        using var output = options.Output is null ? standardOutput() : new FileStream(options.Output, FileMode.Create, FileAccess.Write);
        try
        {
            var outcome = Run(sql, statement, options, output, cancellationToken);
            if (outcome.Cut == SqlCut.Rows)
            {
                errors.WriteLine($"mitmweb: there are more than {outcome.Rows} rows; --limit left the others out");
            }
        }
        catch (SqlException e) when (e.Position is { } position && statement.Length > 0)
        {
            throw new SqlException($"{e.Message} ({Place(statement, position)})", e);
        }
    }

    private static SqlOutcome Run(SessionSql sql, string statement, SqlOptions options, Stream output, CancellationToken cancellationToken)
    {
        if (options.Format is SqlFormat.Json or SqlFormat.JsonLines)
        {
            using var buffered = new BufferedStream(output, 65536);
            using var json = new JsonOutput(buffered, options.Format == SqlFormat.JsonLines, options.Blobs);
            return sql.Run(statement, options.Limits, json, cancellationToken);
        }

        // Through a pipe as to a terminal: UTF-8 without a mark.
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        return sql.Run(
            statement,
            options.Limits,
            options.Format == SqlFormat.Csv ? new CsvOutput(writer, options.Blobs, options.GuardFormulas) : new TableOutput(writer, options.Blobs),
            cancellationToken);
    }

    private static string Place(string statement, int position)
    {
        var before = statement.AsSpan(0, position);
        return $"line {before.Count('\n') + 1}, column {position - before.LastIndexOf('\n')}";
    }
}
