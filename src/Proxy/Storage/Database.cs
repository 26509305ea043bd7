using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace MitmWeb.Proxy.Storage;

/// <summary>One SQLite connection, for one thread at a time. Thin on purpose: the ADO.NET layer costs more than the row it writes.</summary>
internal sealed class Database : IDisposable
{
    private static readonly bool Initialised = Initialise();

    private readonly sqlite3 _handle;
    private ExceptionDispatchInfo? _thrown;

    private Database(sqlite3 handle) => _handle = handle;

    /// <summary>Whether no transaction is open.</summary>
    public bool AutoCommit => raw.sqlite3_get_autocommit(_handle) != 0;

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Opens a file to read and write; it is created when there is none.</summary>
    /// <exception cref="DatabaseException">It cannot be opened.</exception>
    public static Database OpenReadWrite(string path) => Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);

    /// <summary>Opens a file to read and write; there must be one.</summary>
    /// <exception cref="DatabaseException">It cannot be opened.</exception>
    public static Database OpenExisting(string path) => Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_URI);

    /// <summary>Opens a file that nobody writes meanwhile; nothing is made beside it.</summary>
    /// <exception cref="DatabaseException">It cannot be opened.</exception>
    public static Database OpenUnchanging(string path) =>
        Open($"{FileUri(path)}?immutable=1", raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI);

    /// <summary>A full path as SQLite reads it in a URI (https://www.sqlite.org/uri.html).</summary>
    public static string FileUri(string path)
    {
        var escaped = path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
        return OperatingSystem.IsWindows() ? "file:///" + escaped.Replace('\\', '/') : "file:" + escaped;
    }

    /// <summary>Opens a file to read.</summary>
    /// <exception cref="DatabaseException">It cannot be opened.</exception>
    public static Database OpenRead(string path) => Open(path, raw.SQLITE_OPEN_READONLY);

    public void Dispose() => raw.sqlite3_close_v2(_handle);

    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(_handle, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>The first column of the first row, 0 when there is no row.</summary>
    public long ScalarInt64(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    public Statement Prepare(string sql)
    {
        const uint Persistent = 0x01;
        var code = raw.sqlite3_prepare_v3(_handle, sql, Persistent, out sqlite3_stmt statement);
        return code == raw.SQLITE_OK ? new Statement(this, statement) : throw Failure(code);
    }

    /// <summary>Prepares one statement of a text that somebody else wrote.</summary>
    /// <param name="sql">The text.</param>
    /// <param name="read">How many bytes of the text were read: up to the statement's end, or to where it is wrong.</param>
    /// <param name="failure">What is wrong; null when nothing is.</param>
    /// <returns>The statement; null when there is none (comments alone) or it is wrong.</returns>
    public Statement? TryPrepare(ReadOnlySpan<byte> sql, out int read, out DatabaseException? failure)
    {
        (read, failure) = (0, null);
        if (sql.IsEmpty)
        {
            return null;
        }

        var code = raw.sqlite3_prepare_v2(_handle, sql, out sqlite3_stmt statement, out var rest);
        read = sql.Length - rest.Length;
        failure = code == raw.SQLITE_OK ? null : Failure(code);
        if (failure is null && !statement.IsInvalid)
        {
            return new Statement(this, statement);
        }

        statement.Dispose();
        return null;
    }

    /// <summary>Watches over what takes long: <paramref name="seen"/> is called a few times a second, and a cancellation stops the statement.
    /// It ends when what is returned is disposed.</summary>
    public IDisposable Watch(Action seen, CancellationToken cancellationToken)
    {
        const int Instructions = 10_000;
        var next = Environment.TickCount64;
        raw.sqlite3_progress_handler(
            _handle,
            Instructions,
            _ =>
            {
                if (Environment.TickCount64 >= next)
                {
                    next = Environment.TickCount64 + 200;
                    seen();
                }

                return cancellationToken.IsCancellationRequested ? 1 : 0;
            },
            null);
        return new Watching(this);
    }

    /// <summary>Stops what the connection is running; may be called from any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_handle);

    /// <summary>Moves what the write-ahead log holds into the file (https://www.sqlite.org/c3ref/wal_checkpoint_v2.html).</summary>
    /// <param name="truncate">Whether to wait for readers and empty the log; otherwise only what needs no waiting is done.</param>
    /// <returns>The frames in the log, and how many of them are in the file now.</returns>
    public (int LogFrames, int Done) Checkpoint(bool truncate)
    {
        var mode = truncate ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE;
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", mode, out var log, out var done);
        return code is raw.SQLITE_OK or raw.SQLITE_BUSY ? (log, done) : throw Failure(code);
    }

    /// <summary>Forbids SQL to damage the file by design: shadow tables, the schema table, writable_schema
    /// (https://www.sqlite.org/security.html).</summary>
    public void Defend()
    {
        const int DefensiveMode = 1010;
        var code = raw.sqlite3_db_config(_handle, DefensiveMode, 1, out _);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }

        Execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;");
    }

    /// <summary>Makes a function for SQL (https://www.sqlite.org/c3ref/create_function.html). What it throws ends the statement, and comes out
    /// of <see cref="Statement.Step"/> as it was.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="arguments">How many arguments it takes; -1 for any number.</param>
    /// <param name="function">The answer to the arguments.</param>
    public unsafe void Define(string name, int arguments, SqlFunction function)
    {
        const int DirectOnly = 0x080000;
        var state = GCHandle.ToIntPtr(GCHandle.Alloc(new DefinedFunction(this, function)));
        var code = NativeSqlite.CreateFunction(
            _handle.DangerousGetHandle(), name, arguments, raw.SQLITE_UTF8 | DirectOnly, state, &Call, 0, 0, &Forget);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>Makes a function for SQL that gives any value and has no effects, so that views may use it too. What it throws ends the
    /// statement, and comes out of <see cref="Statement.Step"/> as it was.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="arguments">How many arguments it takes.</param>
    /// <param name="function">Sets the answer to the arguments; NULL when it sets none.</param>
    public void DefineValue(string name, int arguments, Action<sqlite3_context, sqlite3_value[]> function)
    {
        const int Innocuous = 0x200000;
        const int Deterministic = 0x800;
        var code = raw.sqlite3_create_function(_handle, name, arguments, raw.SQLITE_UTF8 | Innocuous | Deterministic, null, (context, _, values) =>
        {
            try
            {
                function(context, values);
            }
            catch (Exception e)
            {
                // No exception may go through SQLite's own frames.
                _thrown = ExceptionDispatchInfo.Capture(e);
                raw.sqlite3_result_error(context, e.Message);
            }
        });
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>Asks before each action of a statement that is prepared from now on (https://www.sqlite.org/c3ref/set_authorizer.html).</summary>
    /// <param name="permits">The action's code and its two names; whether it may be.</param>
    public void Authorize(Func<int, string?, string?, bool> permits)
    {
        const int Deny = 1;
        var code = raw.sqlite3_set_authorizer(
            _handle, (strdelegate_authorizer)((_, action, first, second, _, _) => permits(action, first, second) ? raw.SQLITE_OK : Deny), null);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>Asks again and again while statements run whether to stop them (https://www.sqlite.org/c3ref/progress_handler.html).</summary>
    /// <param name="steps">After how many steps of SQLite's machine.</param>
    /// <param name="stop">Whether to stop; it must not throw.</param>
    public void Watch(int steps, Func<bool> stop) => raw.sqlite3_progress_handler(_handle, steps, _ => stop() ? 1 : 0, null);

    /// <summary>Sets a bound of SQLite's (https://www.sqlite.org/c3ref/limit.html).</summary>
    public void Limit(int kind, int value) => _ = raw.sqlite3_limit(_handle, kind, value);

    /// <summary>Throws again what a function of <see cref="Define"/> threw.</summary>
    internal void ThrowAgain()
    {
        var thrown = _thrown;
        _thrown = null;
        thrown?.Throw();
    }

    internal DatabaseException Failure(int code)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);
        return new DatabaseException((extended & 0xff) == (code & 0xff) ? extended : code, raw.sqlite3_errmsg(_handle).utf8_to_string());
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void Call(nint context, int count, nint* arguments)
    {
        var defined = (DefinedFunction)GCHandle.FromIntPtr(NativeSqlite.UserData(context)).Target!;
        try
        {
            if (defined.Function(new SqlArguments(arguments)) is { } answer)
            {
                NativeSqlite.Result(context, answer ? 1 : 0);
            }
            else
            {
                NativeSqlite.ResultNull(context);
            }
        }
        catch (Exception e)
        {
            // No exception may go through SQLite's own frames.
            defined.Database._thrown = ExceptionDispatchInfo.Capture(e);
            NativeSqlite.ResultError(context, e.Message, -1);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Forget(nint state) => GCHandle.FromIntPtr(state).Free();

    private static Database Open(string path, int flags)
    {
        _ = Initialised;
        const int NoMutex = 0x8000;
        var code = raw.sqlite3_open_v2(path, out var handle, flags | NoMutex, null);
        if (code == raw.SQLITE_OK)
        {
            return new Database(handle);
        }

        using var failed = new Database(handle);
        throw failed.Failure(code);
    }

    private sealed class Watching(Database database) : IDisposable
    {
        public void Dispose() => raw.sqlite3_progress_handler(database._handle, 0, null, null);
    }

    private static bool Initialise()
    {
        Batteries_V2.Init();
        return true;
    }

    private sealed record DefinedFunction(Database Database, SqlFunction Function);
}
