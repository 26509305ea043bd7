namespace MitmWeb.Proxy.Tests.Support;

/// <summary>A clock that only moves when a test says so; its timers run then.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // One that repeats runs at every step; one that waits for a limit runs when its time has come.
        var due = period == Timeout.InfiniteTimeSpan && dueTime != Timeout.InfiniteTimeSpan ? GetTimestamp() + dueTime.Ticks : 0;
        var timer = new ManualTimer(() =>
        {
            if (GetTimestamp() >= due)
            {
                callback(state);
            }
        });
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Moves the clock on and runs every timer once that repeats or is due.</summary>
    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref _ticks, by.Ticks);
        _timers.ForEach(timer => timer.Run());
    }

    private sealed class ManualTimer(Action callback) : ITimer
    {
        public void Run() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
