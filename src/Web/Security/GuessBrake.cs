namespace MitmWeb.Web.Security;

/// <summary>Makes guessing tokens slow, without ever keeping out somebody who has the right one.</summary>
internal sealed class GuessBrake(TimeSpan step, TimeProvider clock)
{
    private const int MaxSteps = 8;
    private const int MaxWaiting = 32;
    private static readonly TimeSpan Forget = TimeSpan.FromMinutes(1);

    private int _wrong;
    private int _waiting;
    private long _last;

    /// <summary>Waits after a wrong token, the longer the more there were in the last minute.</summary>
    /// <returns>Whether it waited; false when too many wait already.</returns>
    public async Task<bool> Wait(CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(Interlocked.Exchange(ref _last, now), now) > Forget)
        {
            Volatile.Write(ref _wrong, 0);
        }

        var wrong = Interlocked.Increment(ref _wrong);
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        try
        {
            await Task.Delay(step * Math.Min(wrong, MaxSteps), clock, cancellationToken);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
