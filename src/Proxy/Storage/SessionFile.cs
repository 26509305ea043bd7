using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy.Index;
using SQLitePCL;

namespace MitmWeb.Proxy.Storage;

/// <summary>
/// The file on disk: opened by one process at a time, and only when it is ours. Everything that can be told without SQLite is told
/// before SQLite opens the file, because opening may already write.
/// </summary>
internal sealed partial class SessionFile : IDisposable
{
    private const int HeaderLength = 100;

    /// <summary>So much gathers in the log before it is moved into the file.</summary>
    private const int LogBytes = 16 * 1024 * 1024;

    private const int UserVersionOffset = 60;
    private const int ApplicationIdOffset = 68;

    private FileStream? _lock;

    private SessionFile(FileStream? @lock, Database writer, SessionInfo info)
    {
        _lock = @lock;
        Writer = writer;
        Info = info;
    }

    /// <summary>The one connection that writes.</summary>
    public Database Writer { get; private set; }

    public SessionInfo Info { get; private set; }

    /// <summary>
    /// Gives the file another name while it is in use. SQLite finds the log of a file by its name, so that nobody may have it open under the old one: who
    /// has would go on with a log of his own. So all other connections of this process must be closed, and none of this one's statements be left. That
    /// no other process has it open is what SQLite makes sure of before it takes the log out of use; and without a log the file alone is the session,
    /// at each moment under one of the two names.
    /// </summary>
    /// <exception cref="SessionFileException">It has the old name: there is such a file, somebody else has it open, or it cannot be moved.</exception>
    public void MoveTo(string target, FlowStoreOptions options)
    {
        var path = Info.Path;
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            held = TakeLock(target);
            if (File.Exists(target))
            {
                throw new SessionFileException($"There is a file {target} already; choose another name.");
            }

            Writer.Checkpoint(truncate: true);
            Writer.Execute("PRAGMA journal_mode=DELETE");
            if (File.Exists(path + "-wal"))
            {
                throw new SessionFileException($"Another program has the session file {path} open; close it there and try again.");
            }

            Writer.Dispose();
            try
            {
                File.Move(path, target);
                Info = Info with { Path = target };
            }
            finally
            {
                Writer = OpenWriter(Info.Path, options);
            }

            // The new name is held from here on instead of the old one.
            (_lock, held) = (held, _lock);
        }
        catch (DatabaseException e)
        {
            throw new SessionFileException(
                e.PrimaryCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED
                    ? $"Another program has the session file {path} open; close it there and try again."
                    : Describe(path, e),
                e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not SessionFileException))
        {
            throw new SessionFileException($"The session file {path} cannot be renamed ({e.Message.TrimEnd('.')}).", e);
        }
        finally
        {
            if (held is not null)
            {
                held.Dispose();
                File.Delete(held.Name);
            }

            UseLog();
        }
    }

    /// <summary>The log is used again where it was taken out of use and the file has kept its name.</summary>
    private void UseLog()
    {
        try
        {
            Writer.Execute("PRAGMA journal_mode=WAL");
        }
        catch (DatabaseException)
        {
            // Somebody else reads it at this moment: what is written is as safe, only slower, until the session is opened the next time.
        }
    }

    /// <summary>Opens a session, or makes a new one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to work.</param>
    /// <param name="upgrading">Is told the share that is done while one of an older version is brought up to date; what it throws ends that.</param>
    /// <param name="isHeld">Whether the caller keeps everybody else from the file already (<see cref="Hold"/>), and goes on doing so.</param>
    /// <exception cref="SessionFileException">It cannot be used.</exception>
    public static SessionFile Open(string path, FlowStoreOptions options, Action<double>? upgrading = null, bool isHeld = false)
    {
        path = Path.GetFullPath(path);
        FileStream? held = null;
        Database? writer = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            path = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
            held = isHeld ? null : TakeLock(path);
            if (IsNew(path))
            {
                Create(path, options.TimeProvider);
            }

            writer = OpenWriter(path, options);
            var info = ReadInfo(writer, path);
            BringUpToDate(writer, path, options, upgrading);
            return new SessionFile(held, writer, info);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            held?.Dispose();
            switch (e)
            {
                case DatabaseException failure:
                    throw new SessionFileException(Describe(path, failure), failure);
                case SessionFileException:
                    throw;
                case IOException or UnauthorizedAccessException:
                    throw new SessionFileException(
                        $"The session file {path} cannot be read and written ({e.Message.TrimEnd('.')}); give MitmWeb the right to, or name another file.",
                        e);
                default:
                    throw;
            }
        }
    }

    /// <summary>What to tell people about a failure of SQLite.</summary>
    public static string Describe(string path, DatabaseException failure) => failure.PrimaryCode switch
    {
        raw.SQLITE_FULL => $"There is no room left for the session file {path}; free some disk space.",
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT =>
            $"The session file {path} is damaged ({failure.Message}); move it away or name another one.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"The session file {path} is locked by another program; close that program or name another file.",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM =>
            $"The session file {path} cannot be written ({failure.Message}); give MitmWeb the right to, or name another file.",
        _ => $"The session file {path} cannot be written ({failure.Message}); look at the disk, or name another file.",
    };

    /// <summary>What to tell people who only want to read.</summary>
    public static string DescribeReading(string path, DatabaseException failure) => failure.PrimaryCode switch
    {
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => $"The session file {path} is damaged ({failure.Message}).",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM =>
            $"The session file {path} cannot be opened ({failure.Message}); SQLite keeps notes beside a file that it reads, so copy the file to a folder that MitmWeb may write to.",
        _ => $"The session file {path} cannot be read ({failure.Message}); try again, or copy the file and read the copy.",
    };

    /// <summary>Tells before SQLite opens a file whether it is a session that can be read; nothing is made and nothing changed.</summary>
    /// <exception cref="SessionFileException">It cannot.</exception>
    public static void CheckForReading(string path)
    {
        if (Directory.Exists(path))
        {
            throw new SessionFileException($"The session file {path} is a folder; name a file.");
        }

        if (!File.Exists(path))
        {
            throw new SessionFileException($"There is no session file {path}; check its name.");
        }

        try
        {
            Span<byte> header = stackalloc byte[HeaderLength];
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            if (CheckHeader(path, header, file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false)) is var version && version < Schema.Version)
            {
                throw new SessionFileException(
                    $"The session file {path} was written by an older MitmWeb (its version is {version}, this one reads {Schema.Version}); bring it up to date on the dashboard's Sessions page, or start mitmweb --session {path} once, which does.");
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not SessionFileException))
        {
            throw new SessionFileException($"The session file {path} cannot be read ({e.Message.TrimEnd('.')}); give MitmWeb the right to.", e);
        }
    }

    /// <summary>The version of a session, as the first bytes of its file say.</summary>
    /// <exception cref="SessionFileException">It is no session.</exception>
    public static int VersionOf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> header = stackalloc byte[HeaderLength];
        return ReadVersion(path, header, file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false));
    }

    /// <summary>Whether another process writes it.</summary>
    public static bool IsInUse(string path)
    {
        try
        {
            if (!File.Exists(path + "-lock"))
            {
                return false;
            }

            using var probe = new FileStream(path + "-lock", FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            return false;
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            return true;
        }
    }

    /// <summary>Keeps everybody from opening a session to write, for as long as what is returned is not disposed.</summary>
    /// <exception cref="SessionFileException">Somebody has it open.</exception>
    public static IDisposable Hold(string path) => TakeLock(path);

    /// <summary>Moves what the log of a session that nobody has open still holds into the file.</summary>
    /// <exception cref="SessionFileException">It cannot be written.</exception>
    public static void EmptyLog(string path)
    {
        try
        {
            using var database = Database.OpenExisting(path);
            database.Defend();
            database.Checkpoint(truncate: true);
        }
        catch (DatabaseException e)
        {
            throw new SessionFileException(SessionFile.Describe(path, e), e);
        }
    }

    /// <summary>Removes a session file and what stands beside it.</summary>
    public static void Delete(string path)
    {
        foreach (var ending in new[] { "", "-wal", "-shm", "-journal", "-lock" })
        {
            File.Delete(path + ending);
        }

        BodyIndexFile.Delete(path);
    }

    /// <summary>Opens a session to read.</summary>
    /// <exception cref="SessionFileException">It cannot be read.</exception>
    public static (ReaderPool Readers, SessionInfo Session) OpenToRead(string path)
    {
        CheckForReading(path);
        var readers = new ReaderPool(path);
        try
        {
            return (readers, readers.Use(reader => reader.Info(path)));
        }
        catch (Exception e) when (e is IOException or DatabaseException)
        {
            readers.Dispose();
            throw e as SessionFileException ?? ((e as DatabaseException ?? e.InnerException) is DatabaseException failure
                ? new SessionFileException(DescribeReading(path, failure), failure)
                : new SessionFileException(e.Message, e));
        }
    }

    /// <summary>Has SQLite take away what its readers have left beside the file (they may not themselves). Where somebody else has it open, or it
    /// cannot be written, that stays.</summary>
    public static void RemoveNotes(string path)
    {
        try
        {
            if (File.Exists(path + "-shm"))
            {
                using var database = Database.OpenExisting(path);
                database.Defend();
                database.ScalarInt64("SELECT count(*) FROM session");
            }
        }
        catch (DatabaseException)
        {
            // Two small files stay beside it.
        }
    }

    /// <summary>The bytes that the session takes on the disk.</summary>
    public static long SizeOnDisk(string path)
    {
        var (main, log) = (new FileInfo(path), new FileInfo(path + "-wal"));
        return (main.Exists ? main.Length : 0) + (log.Exists ? log.Length : 0);
    }

    public void Dispose()
    {
        Writer.Dispose();
        _lock?.Dispose();
    }

    /// <summary>A file of its own, because closing any other handle of the database's file would drop SQLite's own locks
    /// (https://www.sqlite.org/howtocorrupt.html, section 2.2). The system lets go of it even when the process is killed.</summary>
    private static FileStream TakeLock(string path)
    {
        if (Directory.Exists(path))
        {
            throw new SessionFileException($"The session file {path} is a folder; name a file.");
        }

        // Who only asks whether it is in use holds it for a moment, too.
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new FileStream(path + "-lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(path + "-lock"))
            {
                if (tries == 3)
                {
                    throw new SessionFileException(
                        $"The session file {path} is in use by another MitmWeb; stop that one, or name another file.", e);
                }

                Thread.Sleep(5);
            }
        }
    }

    /// <summary>Whether the session must be created; throws when the file is there and is no session.</summary>
    private static bool IsNew(string path)
    {
        if (!File.Exists(path))
        {
            return true;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        int length;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0))
        {
            length = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        }

        if (length == 0)
        {
            return true;
        }

        if (CheckHeader(path, header, length) is var version && version < SchemaSteps.Oldest)
        {
            throw new SessionFileException($"The session file {path} says that its version is {version}, which no MitmWeb has written; name another file.");
        }

        return false;
    }

    /// <summary>Throws when the file's first bytes are not those of a session that a MitmWeb wrote.</summary>
    /// <returns>The version of its schema.</returns>
    private static int ReadVersion(string path, ReadOnlySpan<byte> header, int length)
    {
        if (length < HeaderLength || !header.StartsWith("SQLite format 3\0"u8))
        {
            throw new SessionFileException($"The file {path} is not a MitmWeb session; name another file.");
        }

        if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]) != Schema.ApplicationId)
        {
            throw new SessionFileException($"The file {path} is the database of another application, not a MitmWeb session; name another file.");
        }

        return BinaryPrimitives.ReadInt32BigEndian(header[UserVersionOffset..]);
    }

    /// <summary>As <see cref="ReadVersion"/>; it also throws when this MitmWeb is too old for the file.</summary>
    private static int CheckHeader(string path, ReadOnlySpan<byte> header, int length)
    {
        var version = ReadVersion(path, header, length);
        if (version > Schema.Version)
        {
            throw new SessionFileException(
                $"The session file {path} was written by a newer MitmWeb (its version is {version}, this one knows {Schema.Version}); update MitmWeb.");
        }

        return version;
    }

    /// <summary>Makes the whole file under another name first, so that a crash never leaves half a session.</summary>
    public static void Create(string path, TimeProvider clock)
    {
        var draft = path + "-new";
        foreach (var left in new[] { draft, draft + "-wal", draft + "-shm", draft + "-journal", path + "-wal", path + "-shm", path + "-journal" })
        {
            File.Delete(left);
        }

        using (var database = Database.OpenReadWrite(draft))
        {
            // Large pages: long bodies cost a write and a read of the log for each page.
            // The header of a file in WAL mode would be in the log: what identifies the file is written before.
            database.Execute(
                $"""
                 PRAGMA page_size=32768;
                 PRAGMA auto_vacuum=INCREMENTAL;
                 PRAGMA journal_mode=DELETE;
                 PRAGMA synchronous=FULL;
                 BEGIN;
                 PRAGMA application_id={Schema.ApplicationId};
                 PRAGMA user_version={Schema.Version};
                 {Schema.Create}
                 INSERT INTO progress VALUES (0, 0, 0, 0, 0, 0);
                 """);
            using (var insert = database.Prepare("INSERT INTO session (id, created_at) VALUES (?1, ?2)"))
            {
                insert.Bind(1, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture))
                    .Bind(2, Microseconds.FromTime(clock.GetUtcNow()))
                    .Run();
            }

            database.Execute("COMMIT; PRAGMA journal_mode=WAL;");
        }

        // What passes through the proxy is nobody else's business.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Move(draft, path, overwrite: true);
    }

    private static void BringUpToDate(Database writer, string path, FlowStoreOptions options, Action<double>? upgrading)
    {
        var told = 0;
        SchemaSteps.Apply(writer, share =>
        {
            upgrading?.Invoke(share);

            // A session of gigabytes takes a minute.
            if ((int)(share * 10) > told)
            {
                told = (int)(share * 10);
                Log.BringingUpToDate(options.Logger, path, told * 10);
            }
        });
    }

    private static Database OpenWriter(string path, FlowStoreOptions options)
    {
        var writer = Database.OpenReadWrite(path);
        try
        {
            writer.Defend();
            writer.Execute(
                """
                PRAGMA busy_timeout=2000;
                PRAGMA journal_mode=WAL;
                PRAGMA synchronous=NORMAL;
                PRAGMA journal_size_limit=33554432;
                PRAGMA cache_size=-8192;
                PRAGMA temp_store=MEMORY;
                PRAGMA foreign_keys=OFF;
                """);
            var pages = LogBytes / writer.ScalarInt64("PRAGMA page_size");
            writer.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint={pages}"));
            if (options.MaxPages > 0)
            {
                writer.Execute($"PRAGMA max_page_count={options.MaxPages}");
            }

            return writer;
        }
        catch (DatabaseException)
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Which session a database holds.</summary>
    /// <param name="database">The connection.</param>
    /// <param name="path">The session's file.</param>
    /// <param name="schema">By which name the connection has it.</param>
    /// <exception cref="SessionFileException">It is damaged, or not as MitmWeb makes it.</exception>
    public static SessionInfo ReadInfo(Database database, string path, string schema = "main")
    {
        if (database.ScalarInt64($"SELECT count(*) FROM {schema}.sqlite_master WHERE type IN ('trigger', 'view')") > 0)
        {
            throw new SessionFileException(
                $"The session file {path} holds triggers or views, which MitmWeb never makes; do not use it, and name another file.");
        }

        using var select = database.Prepare($"SELECT id, created_at FROM {schema}.session");
        return select.Step()
            ? new SessionInfo(select.Text(0), path, Microseconds.ToTime(select.Int64(1)))
            : throw new SessionFileException($"The session file {path} is damaged (it names no session); move it away or name another one.");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Bringing the session file {Path} up to date with this MitmWeb: {Percent} % done.")]
        public static partial void BringingUpToDate(ILogger logger, string path, int percent);
    }
}
