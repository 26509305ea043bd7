using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Index;

/// <summary>
/// The index's own SQLite file beside the session. It can be deleted at any time and is made anew. Its table is FTS5's: a document is a flow, its
/// terms are the groups of characters (<see cref="BodyGrams"/>) of both bodies and the whole words of each (<see cref="BodyWords"/>), and nothing is
/// kept but which flow has which.
/// </summary>
internal sealed class BodyIndexFile : IDisposable
{
    /// <summary>Rises when an older index would tell something else.</summary>
    private const int Version = 2;

    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Samples = 100;

    private readonly Database _database;
    private readonly Statement _addDocument;
    private readonly Statement _addWords;
    private readonly Statement _addScan;
    private readonly Statement _setSeq;
    private readonly int[] _frequencies = new int[BodyGrams.Count];
    private readonly StringBuilder _words = new();
    private int _batches;

    private BodyIndexFile(Database database)
    {
        _database = database;
        _addDocument = database.Prepare("INSERT OR IGNORE INTO document (flow_id, started_at) VALUES (?1, ?2)");
        _addWords = database.Prepare("INSERT INTO words (rowid, grams) VALUES (?1, ?2)");
        _addScan = database.Prepare("INSERT OR IGNORE INTO scan (flow_id) VALUES (?1)");
        _setSeq = database.Prepare("UPDATE state SET seq = ?1");
        Seq = database.ScalarInt64("SELECT seq FROM state");
        Documents = database.ScalarInt64("SELECT count(*) FROM document");
        using var select = database.Prepare("SELECT counts FROM frequency");
        if (select.Step() && select.Blob(0) is { } counts && counts.Length == _frequencies.Length * sizeof(int))
        {
            counts.CopyTo(MemoryMarshal.AsBytes(_frequencies.AsSpan()));
        }
    }

    /// <summary>The change up to which the session is in the index.</summary>
    public long Seq { get; private set; }

    /// <summary>How many flows it has, also those that are deleted since.</summary>
    public long Documents { get; private set; }

    public static string PathOf(string session) => session + "-index";

    /// <summary>Opens the index of a session, or makes a new one where there is none or it does not fit the session.</summary>
    /// <exception cref="DatabaseException">It cannot be written.</exception>
    public static BodyIndexFile Open(SessionInfo session, SessionReader reader)
    {
        var path = PathOf(session.Path);
        try
        {
            if (File.Exists(path) && TryOpen(path, session, reader) is { } file)
            {
                return file;
            }
        }
        catch (DatabaseException)
        {
            // Damaged, or something else: it can be made anew.
        }

        Delete(session.Path);
        return Create(path, session);
    }

    /// <summary>Deletes the index of a session.</summary>
    public static void Delete(string session)
    {
        var path = PathOf(session);
        foreach (var name in new[] { path, path + "-wal", path + "-shm", path + "-journal" })
        {
            File.Delete(name);
        }
    }

    /// <summary>Gives the index of a session, which nobody has open, to the same session under another name. What cannot be moved is made anew.</summary>
    public static void Move(string session, string target)
    {
        if (session == target)
        {
            return;
        }

        try
        {
            File.Move(PathOf(session), PathOf(target), overwrite: true);
            Delete(session);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Beside the session nothing but room is lost.
        }
    }

    /// <summary>What the index takes on the disk.</summary>
    public static long Size(string session)
    {
        var (main, log) = (new FileInfo(PathOf(session)), new FileInfo(PathOf(session) + "-wal"));
        return (main.Exists ? main.Length : 0) + (log.Exists ? log.Length : 0);
    }

    /// <summary>A group of characters as a word.</summary>
    public static string Word(int gram) => new([Letters[gram >> 15 & 31], Letters[gram >> 10 & 31], Letters[gram >> 5 & 31], Letters[gram & 31]]);

    /// <summary>In how many flows a group of characters is, roughly.</summary>
    public int Frequency(int gram) => Volatile.Read(ref _frequencies[gram]);

    public void Begin() => _database.Execute("BEGIN IMMEDIATE");

    /// <summary>Whether the flow is new to the index; it is in it from now on.</summary>
    public bool Add(long flow, long startedAt)
    {
        _addDocument.Bind(1, flow).Bind(2, startedAt).Run();
        if (_database.Changes == 0)
        {
            return false;
        }

        Documents++;
        return true;
    }

    /// <summary>Stores that nothing is known of a flow's bodies, so that each search reads them.</summary>
    public void AddUnread(long flow) => _addScan.Bind(1, flow).Run();

    /// <summary>Stores what a flow's bodies consist of.</summary>
    public void AddBodies(long flow, IReadOnlyList<int> grams, string words)
    {
        if (grams.Count > BodyGrams.MostInBody)
        {
            AddUnread(flow);
            return;
        }

        _words.Clear();
        foreach (var gram in grams)
        {
            _words.Append(Letters[gram >> 15 & 31]).Append(Letters[gram >> 10 & 31]).Append(Letters[gram >> 5 & 31]).Append(Letters[gram & 31]).Append(' ');
            Volatile.Write(ref _frequencies[gram], _frequencies[gram] + 1);
        }

        _addWords.Bind(1, flow).Bind(2, _words.Append(words).ToString()).Run();
    }

    /// <summary>Ends a batch: everything up to this change is in the index.</summary>
    public void Commit(long seq)
    {
        const int BatchesBetweenCounts = 64;
        _setSeq.Bind(1, seq).Run();
        if (++_batches % BatchesBetweenCounts == 0)
        {
            WriteFrequencies();
        }

        _database.Execute("COMMIT");
        Seq = seq;
    }

    public void Rollback()
    {
        if (!_database.AutoCommit)
        {
            _database.Execute("ROLLBACK");
        }
    }

    public void Dispose()
    {
        try
        {
            WriteFrequencies();
        }
        catch (DatabaseException)
        {
            // They only make searches quicker.
        }

        foreach (var statement in new[] { _addDocument, _addWords, _addScan, _setSeq })
        {
            statement.Dispose();
        }

        _database.Dispose();
    }

    private void WriteFrequencies()
    {
        using var update = _database.Prepare("UPDATE frequency SET counts = ?1");
        update.BindBlob(1, MemoryMarshal.AsBytes(_frequencies.AsSpan())).Run();
    }

    private static BodyIndexFile Create(string path, SessionInfo session)
    {
        var database = Database.OpenReadWrite(path);
        try
        {
            database.Execute("PRAGMA page_size=8192;");
            Configure(database);
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"""
                BEGIN;
                CREATE TABLE state (version INTEGER NOT NULL, session TEXT NOT NULL, seq INTEGER NOT NULL);
                CREATE TABLE document (flow_id INTEGER PRIMARY KEY, started_at INTEGER NOT NULL);
                CREATE TABLE scan (flow_id INTEGER PRIMARY KEY);
                CREATE TABLE frequency (counts BLOB NOT NULL);
                CREATE VIRTUAL TABLE words USING fts5(grams, content='', detail=none, columnsize=0, tokenize='ascii');
                INSERT INTO words (words, rank) VALUES ('hashsize', 8388608);
                INSERT INTO frequency VALUES (x'');
                INSERT INTO state VALUES ({Version}, '{session.Id}', 0);
                COMMIT;
                """));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            return new BodyIndexFile(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static BodyIndexFile? TryOpen(string path, SessionInfo session, SessionReader reader)
    {
        var database = Database.OpenReadWrite(path);
        try
        {
            Configure(database);
            using (var select = database.Prepare("SELECT version, session, seq FROM state"))
            {
                if (select.Step() && select.Int32(0) == Version && select.Text(1) == session.Id && select.Int64(2) <= reader.LastSeq() && Fits(database, reader))
                {
                    return new BodyIndexFile(database);
                }
            }
        }
        catch
        {
            database.Dispose();
            throw;
        }

        database.Dispose();
        return null;
    }

    /// <summary>Whether the flows that the index took in last are the session's: a session may have been replaced by an older copy of itself that
    /// went on in another way.</summary>
    private static bool Fits(Database database, SessionReader reader)
    {
        using var select = database.Prepare($"SELECT flow_id, started_at FROM document ORDER BY flow_id DESC LIMIT {Samples}");
        while (select.Step())
        {
            if (reader.StartedAt(select.Int64(0)) is { } startedAt && startedAt != select.Int64(1))
            {
                return false;
            }
        }

        return true;
    }

    private static void Configure(Database database) => database.Execute(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000; PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=33554432;");
}
