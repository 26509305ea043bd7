using System.Collections.Concurrent;
using MitmWeb.Proxy.Filters;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Views;
using MitmWeb.Web.Api;

namespace MitmWeb.Web.Hubs;

/// <summary>
/// The view of one tab of a browser: what it shows, and what it has been told. It works at its own pace: commits gather, each flow once, while a
/// message is on its way or the file is being asked; the tab's own requests are answered at once.
/// </summary>
internal sealed partial class TabView : IDisposable
{
    /// <summary>
    /// What a tab is told per second is less than this, in bytes: a message that is longer makes the next one wait. A window of which every row is
    /// new, which nobody can read faster, comes about ten times a second.
    /// </summary>
    private const double BytesPerSecond = 300_000;

    /// <summary>What a row takes as JSON besides its texts.</summary>
    private const int RowBytes = 480;

    private const int MaxWindow = 500;
    private const int MaxHeaders = 8;

    /// <summary>Stands for a name that cannot be read, so that the others keep their places; no flow has it.</summary>
    private static readonly ListedHeader NoHeader = new(MessageSide.Request, "");
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ProgressPace = TimeSpan.FromMilliseconds(200);

    private readonly FlowStore _store;
    private readonly FlowView _view;
    private readonly Func<string, ViewDto, CancellationToken, Task> _send;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();

    private readonly object _gate = new();
    private PendingChanges _pending = new();
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WindowRequest _window;
    private bool _asked;
    private bool _isUnknown = true;
    private string? _connection;

    // What the tab holds, by what it was told; only the loop below touches it.
    private Dictionary<long, long> _held = [];
    private long[] _ids = [];
    private long _start;
    private WindowRequest? _told;
    private long _dueAt;

    public TabView(
        FlowStore store,
        FlowView view,
        WindowRequest window,
        string connection,
        Func<string, ViewDto, CancellationToken, Task> send,
        TimeProvider clock,
        ILogger logger)
    {
        (_store, _view, _send, _clock, _logger) = (store, view, send, clock, logger);
        (_window, _connection) = (window, connection);
        Id = window.View;
    }

    /// <summary>The tab's name for it.</summary>
    public string Id { get; }

    public FlowView View => _view;

    /// <summary>The session that it is of.</summary>
    public FlowStore Store => _store;

    /// <summary>Whether the first message says that what the tab knows is of another session.</summary>
    public bool BeginsAnew { get; init; }

    /// <summary>What the tab wants to hold.</summary>
    public WindowRequest Window
    {
        get
        {
            lock (_gate)
            {
                return _window;
            }
        }
    }

    /// <summary>Adds a commit.</summary>
    public void Add(FlowChanges changes)
    {
        lock (_gate)
        {
            _pending.Add(changes);
            Wake();
        }
    }

    /// <summary>Takes what the tab wants to hold now.</summary>
    public void Ask(WindowRequest window)
    {
        lock (_gate)
        {
            (_window, _asked) = (window, true);
            Wake();
        }
    }

    /// <summary>The connection broke: nothing is sent until there is another one.</summary>
    public void Detach()
    {
        lock (_gate)
        {
            _connection = null;
        }
    }

    /// <summary>The tab is back, and is told its whole window.</summary>
    public void Attach(string connection, WindowRequest window)
    {
        lock (_gate)
        {
            (_connection, _isUnknown) = (connection, true);
            Ask(window);
        }
    }

    /// <summary>Works until it is disposed of.</summary>
    public async Task Run()
    {
        var cancellationToken = _stopping.Token;
        try
        {
            await Load(BeginsAnew, cancellationToken);
            await Follow(cancellationToken);
        }
        catch (Exception e) when (_stopping.IsCancellationRequested || e is ObjectDisposedException)
        {
            // The tab went, wants another view, or the host stops.
        }
        catch (Exception e) when (e is FilterException or IOException)
        {
            // It would fail each time: the tab is told why, and asks again when somebody says so.
            Log.ViewFailed(_logger, e.Message);
            await TellQuietly(Message(anew: false) with { Error = e.Message });
        }
        catch (Exception e)
        {
            Log.ViewBroke(_logger, e, Id);
            await TellQuietly(Message(anew: false) with { Error = "The list is no longer kept up because of an error in MitmWeb; try again." });
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        lock (_gate)
        {
            Wake();
        }
    }

    private void Wake() => _wake.TrySetResult();

    /// <summary>Looks for everything that matches, and tells how far that is.</summary>
    private async Task Load(bool anew, CancellationToken cancellationToken)
    {
        var share = 0.0;
        var load = Task.Run(() => _view.Load(value => Volatile.Write(ref share, value), cancellationToken), cancellationToken);
        while (await Task.WhenAny(load, Task.Delay(ProgressPace, _clock, cancellationToken)) != load)
        {
            await Tell(new ViewDto
            {
                View = Id,
                Window = _told?.Number ?? 0,
                Seq = _view.Seq,
                Total = 0,
                LastId = 0,
                Start = 0,
                Ids = null,
                Rows = [],
                Progress = Volatile.Read(ref share),
            });
        }

        await load;
        lock (_gate)
        {
            (_isUnknown, _asked) = (true, false);
        }

        await TellWindow(new PendingChanges(), anew);
    }

    private async Task Follow(CancellationToken cancellationToken)
    {
        PendingChanges? deciding = null;
        Task<IReadOnlySet<long>>? decision = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (asked, wake) = TakeWake();
            if (asked)
            {
                await TellWindow(new PendingChanges(), anew: false);
                continue;
            }

            if (decision is { IsCompleted: true })
            {
                _view.Apply(deciding!, await decision);
                await TellWindow(deciding!, anew: false);
                (deciding, decision) = (null, null);
            }

            if (decision is null && IsDue() && TakePending() is { } changes)
            {
                if (changes.ResetSeq > _view.Seq)
                {
                    await Load(anew: true, cancellationToken);
                    continue;
                }

                // What the file must be asked may take long; the tab can go on scrolling meanwhile.
                deciding = changes;
                decision = _view.Filter.NeedsContent
                    ? Task.Run(() => _view.Decide(changes, cancellationToken), cancellationToken)
                    : Task.FromResult(_view.Decide(changes, cancellationToken));
                continue;
            }

            await WaitFor(wake, decision, cancellationToken);
        }
    }

    private (bool Asked, Task Wake) TakeWake()
    {
        lock (_gate)
        {
            if (_wake.Task.IsCompleted)
            {
                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            var asked = _asked && _connection is not null;
            _asked &= !asked;
            return (asked, _wake.Task);
        }
    }

    private bool IsDue() => _clock.GetTimestamp() >= _dueAt;

    private PendingChanges? TakePending()
    {
        lock (_gate)
        {
            if (_connection is null || _pending.IsEmpty)
            {
                return null;
            }

            var pending = _pending;
            _pending = new PendingChanges();
            return pending;
        }
    }

    private async Task WaitFor(Task wake, Task? decision, CancellationToken cancellationToken)
    {
        var until = new List<Task> { wake };
        if (decision is not null)
        {
            until.Add(decision);
        }
        else if (HasPending())
        {
            // At least a moment: by now it may be due already, and a negative time would be for ever.
            var left = _clock.GetElapsedTime(_clock.GetTimestamp(), _dueAt);
            until.Add(Task.Delay(left > Moment ? left : Moment, _clock, cancellationToken));
        }

        await Task.WhenAny(until);
    }

    private bool HasPending()
    {
        lock (_gate)
        {
            return _connection is not null && !_pending.IsEmpty;
        }
    }

    /// <summary>Tells how the window is now, as far as the tab does not know it.</summary>
    private async Task TellWindow(PendingChanges changes, bool anew)
    {
        var message = Describe(changes, anew, out var bytes);
        await Tell(message);
        var pause = Math.Max(Pace.TotalSeconds, bytes / BytesPerSecond);
        _dueAt = _clock.GetTimestamp() + (long)(pause * _clock.TimestampFrequency);
    }

    private ViewDto Describe(PendingChanges changes, bool anew, out double bytes)
    {
        WindowRequest window;
        lock (_gate)
        {
            // What the tab holds is not known after a new connection.
            if (_isUnknown)
            {
                (_held, _ids, _told, _isUnknown) = ([], [], null, false);
            }

            window = _window;
        }

        if (!(window.Headers ?? []).SequenceEqual(_told?.Headers ?? []))
        {
            // The rows that the tab has lack what it asks for now.
            _held = [];
        }

        var (start, count) = (StartOf(window), Math.Clamp(window.Count, 0, MaxWindow));
        var ids = _view.Range(start, count).ToArray();
        var rows = RowsOf(ids, changes);
        var isSame = _told is not null && ids.AsSpan().SequenceEqual(_ids);
        var watched = window.Watched is { } id && changes.Rows.TryGetValue(id, out var change) ? change.Row : null;
        var message = Message(anew) with
        {
            Window = window.Number,
            Start = start,
            Ids = isSame ? null : ids,
            Rows = ListedRows(rows, window.Headers, out var headerBytes),
            Watched = watched is null ? [] : [new FlowRowDto(watched)],
            WatchedGone = window.Watched is { } gone && changes.Removed.Contains(gone),
        };
        bytes = (isSame ? 0 : ids.Length * 10.0) + headerBytes + rows.Sum(row => RowBytes + row.Path.Length + row.Host.Length + (row.Error?.Length ?? 0));
        (_ids, _start, _told) = (ids, start, window);
        return message;
    }

    /// <summary>Where the window begins now. What the tab knew when it asked may be older than the view.</summary>
    private long StartOf(WindowRequest window)
    {
        var total = _view.Total;
        var last = Math.Max(0, total - window.Count);
        if (window.Follow)
        {
            return last;
        }

        var start = window.Start;
        if (window.Anchor is { } anchor)
        {
            // A flow that has gone is stood for by the one after it that is still there, or else the one before it.
            var at = _view.PositionOf(anchor);
            if (at is null && _told?.Anchor == anchor)
            {
                var index = Array.IndexOf(_ids, anchor);
                anchor = index < 0 ? 0 : _ids.Skip(index + 1).Concat(_ids.Take(index).Reverse()).FirstOrDefault(_view.Contains);
                at = anchor == 0 ? null : _view.PositionOf(anchor);
            }

            if (at is { } position)
            {
                start += position - window.AnchorAt;
                lock (_gate)
                {
                    // From here on the anchor is known by where it is, unless the tab has asked for something else meanwhile.
                    if (_window == window)
                    {
                        _window = window with { Start = start, Anchor = anchor, AnchorAt = position };
                    }
                }
            }
        }

        return Math.Clamp(start, 0, Math.Max(0, total - 1));
    }

    /// <summary>The rows of the window that the tab does not hold as they are; afterwards it holds the window and nothing else.</summary>
    private List<FlowRow> RowsOf(long[] ids, PendingChanges changes)
    {
        var held = new Dictionary<long, long>(ids.Length);
        var rows = new List<FlowRow>();
        var missing = new List<long>();
        foreach (var id in ids)
        {
            if (_held.TryGetValue(id, out var seq))
            {
                held[id] = seq;
            }

            if (changes.Rows.TryGetValue(id, out var change) && change.Row.Seq > seq)
            {
                held[id] = change.Row.Seq;
                rows.Add(change.Row);
            }
            else if (!held.ContainsKey(id))
            {
                missing.Add(id);
            }
        }

        if (missing.Count > 0)
        {
            foreach (var row in _store.Rows(missing.ToArray()))
            {
                held[row.Id] = row.Seq;
                rows.Add(row);
            }
        }

        _held = held;
        return rows;
    }

    /// <summary>Rows as the tab is told them, with the headers that it has columns for.</summary>
    private List<FlowRowDto> ListedRows(List<FlowRow> rows, IReadOnlyList<string>? names, out long bytes)
    {
        bytes = 0;
        var headers = (names ?? []).Take(MaxHeaders).Select(name => ListedHeader.TryParse(name, out var header) ? header! : NoHeader).ToList();
        if (headers.Count == 0 || rows.Count == 0)
        {
            return rows.ConvertAll(row => new FlowRowDto(row));
        }

        var values = _store.Headers(rows.Select(row => row.Id).ToArray(), headers, _stopping.Token);
        bytes = values.Values.Sum(all => all.Sum(value => 6L + (value?.Length ?? 0)));
        return rows.ConvertAll(row => new FlowRowDto(row) { Headers = values.GetValueOrDefault(row.Id) });
    }

    private ViewDto Message(bool anew) => new()
    {
        View = Id,
        Window = _told?.Number ?? 0,
        Seq = _view.Seq,
        Total = _view.Total,
        LastId = _view.LastId,
        Start = _start,
        Ids = null,
        Rows = [],
        Anew = anew,
    };

    private async Task Tell(ViewDto message)
    {
        string? connection;
        lock (_gate)
        {
            connection = _connection;
        }

        if (connection is not null)
        {
            await _send(connection, message, _stopping.Token);
        }
    }

    private async Task TellQuietly(ViewDto message)
    {
        try
        {
            await Tell(message);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The tab is gone.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A dashboard's list was switched off: {Reason}")]
        public static partial void ViewFailed(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "The view {View} of a dashboard has failed.")]
        public static partial void ViewBroke(ILogger logger, Exception exception, string view);
    }
}
