using System.Diagnostics;
using System.Globalization;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Threads;
using SQLitePCL;

namespace MitmWeb.Proxy.Index;

/// <summary>
/// The index of a session's bodies: a thread of low priority takes flows in after they have ended, for the most part when there is little traffic, and
/// searches ask it which flows can have a body with a text. Whoever it names is read, and so is who it does not know yet; only where a whole word is searched it knows many for certain. It can be
/// switched off and on, and trouble with its file only makes searches slower.
/// </summary>
internal sealed class BodyIndex : IDisposable
{
    private const int MaxFlowsInBatch = 1024;
    private const long MaxBytesInBatch = 8 * 1024 * 1024;
    private const int MaxGramsInBatch = 500_000;

    /// <summary>Longer bodies are read whenever something is searched: taking them in would need their length in memory.</summary>
    private const long MaxLength = 4 * 1024 * 1024;

    /// <summary>So many flows that are deleted may stay in the index before it is made anew.</summary>
    private const int MaxStale = 10_000;

    /// <summary>With more changes a second than this the index leaves the processor to the traffic, but for a small share.</summary>
    private const double BusyChangesPerSecond = 20;

    /// <summary>With more bytes a second of bodies than this, too.</summary>
    private const double BusyBytesPerSecond = 1024 * 1024;

    /// <summary>How long it rests while there is much traffic, as a multiple of how long it worked.</summary>
    private const double RestWhileBusy = 19;

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    /// <summary>Never disposed: a search that is under way when all ends still lets go of it.</summary>
    private readonly ReaderWriterLockSlim _gate = new();

    private readonly Func<long> _written;
    private readonly Rate _changeRate = new();
    private readonly Rate _byteRate = new();
    private readonly object _switch = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private volatile BodyIndexFile? _file;
    private volatile string? _problem;
    private long _sessionSeq;
    private SessionInfo _session;

    /// <param name="session">The session.</param>
    /// <param name="written">How many bytes have been written to it since it was opened, to tell whether there is much traffic.</param>
    public BodyIndex(SessionInfo session, Func<long> written) => (_session, _written) = (session, written);

    /// <summary>Raised when <see cref="State"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>Whether there is an index.</summary>
    public bool IsOn => _thread is not null;

    public BodyIndexState State
    {
        get
        {
            var all = Interlocked.Read(ref _sessionSeq);
            var done = _file is { } file ? all == 0 ? 1 : Math.Min(1, (double)file.Seq / all) : 0;
            return new BodyIndexState(IsOn, IsOn ? done : 0, IsOn ? BodyIndexFile.Size(_session.Path) : 0, _problem);
        }
    }

    /// <summary>Begins to index, or ends that and deletes the index.</summary>
    public void Switch(bool on)
    {
        lock (_switch)
        {
            if (on == IsOn)
            {
                return;
            }

            if (on)
            {
                Start();
            }
            else
            {
                Stop();
                Delete();
            }

            Changed?.Invoke();
        }
    }

    /// <summary>Closes everything while the session's file is renamed. The index gets the name as well.</summary>
    /// <param name="work">What is done meanwhile; it gives the session as it is afterwards.</param>
    public void WhileClosed(Func<SessionInfo> work)
    {
        lock (_switch)
        {
            var wasOn = IsOn;
            if (wasOn)
            {
                Stop();
            }

            var before = _session;
            _session = work();
            if (!wasOn)
            {
                return;
            }

            BodyIndexFile.Move(before.Path, _session.Path);
            Start();
        }
    }

    /// <summary>Says that the session has changed.</summary>
    /// <param name="seq">Its last change.</param>
    public void Wake(long seq)
    {
        Interlocked.Exchange(ref _sessionSeq, seq);
        _wake.Set();
    }

    /// <summary>Which flows may have bodies with the texts that a filter looks for. Ask before the session is read: what is newer than the answer is
    /// found by <see cref="BodyHits.Seq"/>.</summary>
    /// <returns>Null when the index cannot tell.</returns>
    public BodyHits? Search(FlowFilter filter, CancellationToken cancellationToken)
    {
        if (_file is not { } file || !filter.NeedsBodies)
        {
            return null;
        }

        _gate.EnterReadLock();
        try
        {
            // Both take as long where a word is in most bodies, so that they are looked up at the same time. What changes between the two is newer than
            // the older answer, and therefore read.
            var tests = Enumerable.Range(0, filter.BodyTests).ToArray();
            var words = Array.ConvertAll(tests, filter.BodyWords);
            var certain = Array.TrueForAll(words, some => some is null)
                ? null
                : PatientThread.Start(() => Ask(database => Array.ConvertAll(words, some => Certain(database, some)), cancellationToken));
            (long Seq, long[]?[] Answers) possible;
            try
            {
                possible = Ask(database => Array.ConvertAll(tests, test => Find(database, file, filter.BodyTexts(test))), cancellationToken);
            }
            finally
            {
                // Whoever lets go of the gate has nobody left who reads.
                ((Task?)certain)?.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            }

            var known = certain?.GetAwaiter().GetResult();
            var seq = Math.Min(possible.Seq, known?.Seq ?? long.MaxValue);
            var hits = Array.ConvertAll(tests, test => new BodyTestHits(possible.Answers[test], known?.Answers[test]));
            return Array.Exists(hits, one => !one.AreUnknown) ? new BodyHits(seq, hits) : null;
        }
        catch (DatabaseException)
        {
            // Without the index all is read: slower, and as right.
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    public void Dispose()
    {
        lock (_switch)
        {
            Stop();
        }

        _wake.Dispose();
        _stop.Dispose();
    }

    /// <summary>Looks something up as the index is at one moment, which is told as the change up to which it has the session.</summary>
    private (long Seq, long[]?[] Answers) Ask(Func<Database, long[]?[]> ask, CancellationToken cancellationToken)
    {
        using var database = Database.OpenRead(BodyIndexFile.PathOf(_session.Path));
        database.Execute("PRAGMA query_only=ON; PRAGMA busy_timeout=2000; PRAGMA cache_size=-4096; PRAGMA mmap_size=1073741824; BEGIN;");
        using var registration = cancellationToken.UnsafeRegister(static state => ((Database)state!).Interrupt(), database);
        return (database.ScalarInt64("SELECT seq FROM state"), ask(database));
    }

    /// <summary>The flows that may have a body with one of the texts; null when the index cannot tell, or that would be most.</summary>
    private static long[]? Find(Database database, BodyIndexFile file, IReadOnlyList<string>? texts)
    {
        const int MaxWords = 6;
        const int OftenerThanRarest = 1000;
        if (texts is null)
        {
            return null;
        }

        var queries = new List<string>();
        var expected = 0L;
        foreach (var text in texts)
        {
            // The rarest groups say nearly all; looking at those that most flows have would take longer than reading the flows.
            var grams = BodyGrams.Of(text).OrderBy(file.Frequency).ToArray();
            if (grams.Length == 0)
            {
                return null;
            }

            var rarest = file.Frequency(grams[0]);
            expected += rarest;
            queries.Add(string.Join(" AND ", grams.Take(MaxWords).Where(gram => file.Frequency(gram) <= (rarest + 1L) * OftenerThanRarest).Select(BodyIndexFile.Word)));
        }

        if (expected > file.Documents / 2)
        {
            return null;
        }

        var ids = new List<long>();
        queries.ForEach(query => Match(database, query, ids));
        using var unread = database.Prepare("SELECT flow_id FROM scan");
        while (unread.Step())
        {
            ids.Add(unread.Int64(0));
        }

        return InOrder(ids);
    }

    /// <summary>The flows that certainly have a body with one of the words; null when the index has no such words.</summary>
    private static long[]? Certain(Database database, IReadOnlyList<string>? words)
    {
        if (words is null)
        {
            return null;
        }

        var ids = new List<long>();
        foreach (var word in words)
        {
            Match(database, $"\"{word}\"", ids);
        }

        return InOrder(ids);
    }

    private static void Match(Database database, string query, List<long> ids)
    {
        using var select = database.Prepare("SELECT rowid FROM words WHERE words MATCH ?1").Bind(1, query);
        while (select.Step())
        {
            ids.Add(select.Int64(0));
        }
    }

    private static long[] InOrder(List<long> ids)
    {
        for (var i = 1; i < ids.Count; i++)
        {
            if (ids[i] <= ids[i - 1])
            {
                return [.. ids.Distinct().Order()];
            }
        }

        return [.. ids];
    }

    private void Work()
    {
        ThreadNiceness.Lower(ThreadNiceness.Background);
        while (!_stop.IsSet)
        {
            try
            {
                using var reader = new SessionReader(_session.Path);
                if (_file is null)
                {
                    OpenFile(reader);
                }

                Follow(reader);
            }
            catch (Exception e) when (e is DatabaseException or IOException or UnauthorizedAccessException)
            {
                _problem = string.Create(
                    CultureInfo.InvariantCulture, $"The index {BodyIndexFile.PathOf(_session.Path)} cannot be written ({e.Message.TrimEnd('.')}). Searches read all bodies meanwhile; free some disk space or switch the index off.");
                Changed?.Invoke();
                Close(delete: e is DatabaseException { PrimaryCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB });
                _stop.Wait(RetryInterval);
            }
        }
    }

    private void Follow(SessionReader reader)
    {
        var content = new FileContent(reader);
        var (grams, words) = (new BodyGrams(), new BodyWords());
        while (!_stop.IsSet)
        {
            var (flows, all) = reader.Count();
            if (_file!.Documents > (2 * flows) + MaxStale)
            {
                Close(delete: true);
                OpenFile(reader);
            }

            if (_file.Seq < all)
            {
                var begin = Stopwatch.GetTimestamp();
                TakeIn(_file, reader, content, grams, words);
                _problem = null;
                Changed?.Invoke();
                if (IsBusy())
                {
                    _stop.Wait(Stopwatch.GetElapsedTime(begin) * RestWhileBusy);
                }
            }
            else
            {
                _wake.WaitOne();
                _stop.Wait(Gather);
            }
        }
    }

    private bool IsBusy()
    {
        var (changes, bytes) = (_changeRate.Add(Interlocked.Read(ref _sessionSeq)), _byteRate.Add(_written()));
        return changes > BusyChangesPerSecond || bytes > BusyBytesPerSecond;
    }

    /// <summary>Takes some flows in.</summary>
    private static void TakeIn(BodyIndexFile file, SessionReader reader, FileContent content, BodyGrams grams, BodyWords words)
    {
        var at = reader.Begin();
        var flows = reader.EndedAfter(file.Seq, MaxFlowsInBatch);
        var (bodies, bytes, count) = (new List<(long Id, long StartedAt, int[]? Grams, string Words)>(), 0L, 0);
        foreach (var flow in flows)
        {
            if (bytes > MaxBytesInBatch || count > MaxGramsInBatch)
            {
                break;
            }

            if (flow.Length > MaxLength)
            {
                bodies.Add((flow.Id, flow.StartedAt, null, ""));
                continue;
            }

            grams.Clear();
            words.Clear();
            content.Show(flow.Id);
            foreach (var side in new[] { MessageSide.Request, MessageSide.Response })
            {
                var body = content.Body(side);
                bytes += body.Length;
                grams.Add(body.Span);
                words.Add(side, body.Span);
            }

            bodies.Add((flow.Id, flow.StartedAt, [.. grams.Gathered], words.ToString()));
            count += grams.Gathered.Count + words.Count;
        }

        reader.End();
        var seq = bodies.Count == flows.Count && flows.Count < MaxFlowsInBatch ? at.Seq : flows[bodies.Count - 1].Seq;
        file.Begin();
        try
        {
            // FTS5 gathers documents in memory as long as their numbers rise.
            bodies.Sort((one, other) => one.Id.CompareTo(other.Id));
            foreach (var (id, startedAt, found, foundWords) in bodies)
            {
                if (!file.Add(id, startedAt))
                {
                    continue;
                }

                if (found is null)
                {
                    file.AddUnread(id);
                }
                else if (found.Length > 0)
                {
                    file.AddBodies(id, found, foundWords);
                }
            }

            file.Commit(seq);
        }
        catch
        {
            file.Rollback();
            throw;
        }
    }

    private void OpenFile()
    {
        try
        {
            using var reader = new SessionReader(_session.Path);
            OpenFile(reader);
        }
        catch (Exception e) when (e is DatabaseException or IOException or UnauthorizedAccessException)
        {
            // The thread tries again, and tells.
        }
    }

    private void OpenFile(SessionReader reader)
    {
        _gate.EnterWriteLock();
        try
        {
            _file = BodyIndexFile.Open(_session, reader);
            Interlocked.Exchange(ref _sessionSeq, reader.LastSeq());
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    private void Start()
    {
        _stop.Reset();
        OpenFile();
        _thread = new Thread(Work) { IsBackground = true, Name = "body index", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    private void Stop()
    {
        _stop.Set();
        _wake.Set();
        _thread?.Join();
        _thread = null;
        Close(delete: false);
    }

    private void Close(bool delete)
    {
        _gate.EnterWriteLock();
        try
        {
            _file?.Dispose();
            _file = null;
            if (delete)
            {
                BodyIndexFile.Delete(_session.Path);
            }
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    private void Delete()
    {
        try
        {
            BodyIndexFile.Delete(_session.Path);
            _problem = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problem = $"The index {BodyIndexFile.PathOf(_session.Path)} cannot be deleted ({e.Message.TrimEnd('.')}).";
        }
    }
}
