namespace MitmWeb.Proxy.Filters;

/// <summary>The time that the regular expressions of one query may lose. What a search may take by the length of its text is free, so that
/// searching many large bodies is not mistaken for a pattern that explodes. For one thread.</summary>
internal sealed class RegexBudget
{
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FreePerSearch = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FreePerMebibyte = TimeSpan.FromMilliseconds(100);

    private TimeSpan _left = Total;

    /// <summary>Takes what a search took.</summary>
    /// <returns>Whether there is anything left.</returns>
    public bool Take(TimeSpan elapsed, int length)
    {
        var excess = elapsed - FreePerSearch - (FreePerMebibyte * (length / 1_048_576d));
        if (excess > TimeSpan.Zero)
        {
            _left -= excess;
        }

        return _left > TimeSpan.Zero;
    }
}
