using System.Diagnostics;

namespace MitmWeb.Proxy.Index;

/// <summary>How many changes of a session come in a second, over the last second or two. For one thread.</summary>
internal sealed class ChangeRate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private long _seq = -1;
    private long _at;
    private double _rate;

    /// <summary>Tells the last change.</summary>
    /// <returns>Changes per second; 0 until a second has gone by.</returns>
    public double Add(long seq)
    {
        var elapsed = Stopwatch.GetElapsedTime(_at);
        if (_seq < 0 || elapsed >= Window)
        {
            _rate = _seq < 0 ? 0 : (seq - _seq) / elapsed.TotalSeconds;
            (_seq, _at) = (seq, Stopwatch.GetTimestamp());
        }

        return _rate;
    }
}
