using System.Diagnostics;
using System.Globalization;

namespace MitmWeb.Benchmarks;

/// <summary>What something took, each time it was done.</summary>
internal sealed class Timings
{
    private readonly List<double> _milliseconds = [];
    private TimeSpan _used;

    /// <summary>Does it and takes the time.</summary>
    public T Take<T>(Func<T> work)
    {
        var (begin, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var result = work();
        _milliseconds.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        _used += Environment.CpuUsage.TotalTime - used;
        return result;
    }

    /// <summary>A line of a table: the median, what one in twenty takes at least, and the processor time of all cores on average, which others on
    /// the machine hardly change. All in milliseconds.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="target">What it should take at most, in milliseconds; 0 when nothing was set.</param>
    /// <param name="note">What came out.</param>
    public string Line(string name, double target, string note)
    {
        _milliseconds.Sort();
        var (p50, p95) = (At(0.5), At(0.95));
        var verdict = target == 0 ? "" : p95 <= target ? "ok" : "SLOW";
        return string.Create(CultureInfo.InvariantCulture, $"{name,-52} {p50,9:0.0} {p95,9:0.0} {_used.TotalMilliseconds / _milliseconds.Count,9:0.0} {(target == 0 ? "" : $"{target:0}"),7} {verdict,-4} {note}");

        double At(double share) => _milliseconds[(int)Math.Ceiling(share * _milliseconds.Count) - 1];
    }
}
