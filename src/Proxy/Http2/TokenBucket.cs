namespace MitmWeb.Proxy.Http2;

/// <summary>Allows bursts of something, but not a flood: each use takes a token, and tokens come back at a steady rate.</summary>
internal sealed class TokenBucket(int capacity, int perSecond, TimeProvider time)
{
    private double _tokens = capacity;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Takes a token; false when there is none left.</summary>
    public bool TryTake()
    {
        if (_tokens < 1)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(capacity, _tokens + (time.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
            _filledAt = now;
            if (_tokens < 1)
            {
                return false;
            }
        }

        _tokens--;
        return true;
    }
}
