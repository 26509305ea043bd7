namespace MitmWeb.Proxy.Filters;

/// <summary>A moment: fixed, or counted from when the filter is applied.</summary>
/// <param name="Micros">Microseconds after 1970 (UTC), or, when relative, after the present (negative: before it).</param>
/// <param name="IsRelative">Whether it is counted from the present.</param>
public readonly record struct FilterTime(long Micros, bool IsRelative)
{
    /// <summary>The beginning of all time: the open end of a range.</summary>
    public static FilterTime Earliest { get; } = new(long.MinValue, false);

    /// <summary>The end of all time.</summary>
    public static FilterTime Latest { get; } = new(long.MaxValue, false);

    /// <summary>Microseconds after 1970, when it is <paramref name="now"/>.</summary>
    public long At(long now) => IsRelative ? now + Micros : Micros;
}
