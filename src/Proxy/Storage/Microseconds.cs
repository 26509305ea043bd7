namespace MitmWeb.Proxy.Storage;

/// <summary>Times as session files hold them: microseconds after 1970-01-01T00:00:00Z.</summary>
internal static class Microseconds
{
    public static long FromTime(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long microseconds) =>
        new(DateTime.UnixEpoch.Ticks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
