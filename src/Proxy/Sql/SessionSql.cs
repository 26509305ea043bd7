using System.Text;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Threads;
using SQLitePCL;

namespace MitmWeb.Proxy.Sql;

/// <summary>
/// A session to ask in SQL, also while a MitmWeb writes it. Statements see the views of <see cref="SqlViews"/> (and the tables of
/// docs/session-file.md) on a connection of their own that can only read; each is bounded in time, rows and bytes. For one thread.
/// </summary>
public sealed class SessionSql : IDisposable
{
    /// <summary>The longest statement, in UTF-8.</summary>
    public const int MaxLength = 100_000;

    /// <summary>The most bytes that one text or BLOB may have on its way.</summary>
    internal const int MaxValue = 8 * 1024 * 1024;

    private const int StepsBetweenChecks = 2000;

    private readonly string _path;
    private readonly SessionReader _reader;

    private SessionSql(string path)
    {
        _path = path;
        _reader = new SessionReader(path);
    }

    /// <summary>Opens a session file.</summary>
    /// <exception cref="SessionFileException">There is none, it is not a session, is damaged, of another version, or cannot be read.</exception>
    public static SessionSql Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);

        // Says what is wrong with a file that is.
        using (SessionView.Open(path))
        {
            return new SessionSql(path);
        }
    }

    /// <summary>Runs one statement.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="limits">What it may take and give.</param>
    /// <param name="output">Where its rows go.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SqlException">It is wrong, would do more than read, or takes too long.</exception>
    /// <exception cref="IOException">The file cannot be read, or the output not be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public SqlOutcome Run(string sql, SqlLimits limits, ISqlOutput output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sql);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(output);
        return PatientThread.Run(() => RunHere(sql, limits, output, new SqlDeadline(limits.Time, cancellationToken)));
    }

    public void Dispose() => _reader.Dispose();

    private SqlOutcome RunHere(string sql, SqlLimits limits, ISqlOutput output, SqlDeadline deadline)
    {
        try
        {
            // A connection for each statement: what one does to it, the next cannot meet.
            using var database = Database.OpenRead(_path);
            var guard = Prepare(database, deadline);
            using var statement = Prepare(database, guard, sql);
            return Read(statement, limits, output, deadline);
        }
        catch (DatabaseException e)
        {
            deadline.Check();
            throw e.PrimaryCode switch
            {
                raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_CANTOPEN or raw.SQLITE_IOERR or raw.SQLITE_BUSY =>
                    new IOException(SessionFile.DescribeReading(_path, e), e),
                raw.SQLITE_TOOBIG => new SqlException($"A text or BLOB of the statement has more than {MaxValue / 1024 / 1024} MiB; take a part of it with substr(…).", e),
                raw.SQLITE_FULL => new SqlException("There is no room on the disk for what the statement sorts or gathers on its way; free some, or look at fewer flows.", e),
                _ => new SqlException($"{char.ToUpperInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}.", e),
            };
        }
    }

    /// <summary>Makes the connection one that can only read, with the views on it.</summary>
    private SqlGuard Prepare(Database database, SqlDeadline deadline)
    {
        const int LimitLength = 0;
        const int LimitSqlLength = 1;
        const int LimitColumns = 2;
        const int LimitExpressionDepth = 3;
        const int LimitCompound = 4;
        const int LimitAttached = 7;
        database.Defend();
        database.Limit(LimitLength, MaxValue);
        database.Limit(LimitSqlLength, MaxLength);
        database.Limit(LimitColumns, 200);
        database.Limit(LimitExpressionDepth, 200);
        database.Limit(LimitCompound, 50);
        database.Limit(LimitAttached, 0);
        new SqlFunctions(deadline, _reader).AddTo(database);

        // What is sorted goes to a file when there is much of it: memory is the proxy's. (Set first, because it drops what is temporary.)
        database.Execute("PRAGMA temp_store=FILE; PRAGMA busy_timeout=2000; PRAGMA cache_size=-8192; PRAGMA mmap_size=1073741824;");
        foreach (var view in SqlViews.All)
        {
            database.Execute($"CREATE TEMP VIEW {view.Name} AS {view.Query}");
        }

        // Tables made by modules are known to a connection from their first use on, which the guard would take for a CREATE.
        database.Execute("PRAGMA query_only=ON; SELECT 1 FROM json_each('[]'), json_tree('[]'), pragma_table_info('flows'), pragma_table_xinfo('flows');");
        var guard = new SqlGuard();
        database.Authorize(guard.Permits);
        database.Watch(StepsBetweenChecks, () => deadline.IsOver);
        return guard;
    }

    private static Statement Prepare(Database database, SqlGuard guard, string sql)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        if (bytes.Length > MaxLength)
        {
            throw new SqlException($"The statement is longer than {MaxLength} bytes.");
        }

        if (sql.Contains('\0', StringComparison.Ordinal))
        {
            throw new SqlException("The statement holds a NUL character.") { Position = sql.IndexOf('\0', StringComparison.Ordinal), Length = 1 };
        }

        var statement = database.TryPrepare(bytes, out var read, out var failure);
        if (failure is not null)
        {
            throw SqlErrorPlace.Describe(sql, read, failure.Message, guard);
        }

        if (statement is null)
        {
            throw new SqlException("There is no statement. Write one, such as SELECT * FROM flows LIMIT 10.");
        }

        try
        {
            // A second statement: SQLite would only look at the first.
            using var second = database.TryPrepare(bytes.AsSpan(read), out _, out var wrong);
            if (second is not null || wrong is not null)
            {
                throw new SqlException("Only one statement can be run at a time; take away what stands after the first semicolon.")
                {
                    Position = Encoding.UTF8.GetCharCount(bytes.AsSpan(0, read)),
                    Length = Encoding.UTF8.GetCharCount(bytes.AsSpan(read)),
                };
            }

            return statement.IsReadOnly && statement.Columns > 0
                ? statement
                : throw new SqlException("The statement is refused: it does not read anything. Write a SELECT; to change a session use the dashboard.");
        }
        catch
        {
            statement.Dispose();
            throw;
        }
    }

    private static SqlOutcome Read(Statement statement, SqlLimits limits, ISqlOutput output, SqlDeadline deadline)
    {
        output.Begin([.. Enumerable.Range(0, statement.Columns).Select(statement.Name)]);
        var row = new SqlRow(statement);
        var (rows, bytes, cut) = (0L, 0L, SqlCut.None);
        while (statement.Step())
        {
            deadline.Check();
            bytes += row.Size();
            cut = rows >= limits.Rows ? SqlCut.Rows : bytes > limits.Bytes ? SqlCut.Bytes : SqlCut.None;
            if (cut != SqlCut.None)
            {
                break;
            }

            output.Add(row);
            rows++;
        }

        var outcome = new SqlOutcome(rows, cut, deadline.Elapsed);
        output.End(outcome);
        return outcome;
    }
}
