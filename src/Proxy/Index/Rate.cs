using System.Diagnostics;

namespace MitmWeb.Proxy.Index;

/// <summary>By how much a number rises in a second, over the last second or two. For one thread.</summary>
internal sealed class Rate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private long _number = -1;
    private long _at;
    private double _rate;

    /// <summary>Tells the number as it is now.</summary>
    /// <returns>Its rise per second; 0 until a second has gone by.</returns>
    public double Add(long number)
    {
        var elapsed = Stopwatch.GetElapsedTime(_at);
        if (_number < 0 || elapsed >= Window)
        {
            _rate = _number < 0 ? 0 : (number - _number) / elapsed.TotalSeconds;
            (_number, _at) = (number, Stopwatch.GetTimestamp());
        }

        return _rate;
    }
}
