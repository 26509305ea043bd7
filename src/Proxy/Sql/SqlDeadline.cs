using System.Diagnostics;

namespace MitmWeb.Proxy.Sql;

/// <summary>When a statement has to end: after its time, or when nobody wants its answer any more.</summary>
internal sealed class SqlDeadline(TimeSpan? time, CancellationToken cancellationToken)
{
    private readonly long _begin = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begin);

    public TimeSpan? Time => time;

    /// <summary>Whether it is over.</summary>
    public bool IsOver => cancellationToken.IsCancellationRequested || IsLate;

    private bool IsLate => time is { } most && Elapsed > most;

    /// <summary>Throws when it is over.</summary>
    /// <exception cref="SqlException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">Nobody wants the answer any more.</exception>
    public void Check()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsLate)
        {
            throw new SqlException(
                $"The statement took longer than {time!.Value.TotalSeconds:0.###} s, so it was stopped. Look at fewer flows (WHERE id > …), or allow it more time.")
            {
                TimedOut = true,
            };
        }
    }
}
