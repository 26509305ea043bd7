using System.Globalization;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Filters;

/// <summary>Moments as people write them: <c>-5m</c>, <c>2026-11-20</c>, <c>2026-11-20T13:00</c>, <c>13:05</c>; without a zone they are in that
/// of the machine that runs MitmWeb.</summary>
internal static class FilterTimes
{
    public const string Expected = "a time like -5m, 2026-11-20, 2026-11-20T13:05 or 13:05, or a range of such";

    private const string Exact = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private static readonly (string Format, Func<DateTime, DateTime> End)[] Formats =
    [
        ("yyyy", time => time.AddYears(1)),
        ("yyyy-MM", time => time.AddMonths(1)),
        ("yyyy-MM-dd", time => time.AddDays(1)),
        ("yyyy-MM-dd'T'HH", time => time.AddHours(1)),
        ("yyyy-MM-dd'T'HH:mm", time => time.AddMinutes(1)),
        ("yyyy-MM-dd'T'HH:mm:ss", time => time.AddSeconds(1)),
        ("yyyy-MM-dd'T'HH:mm:ss.f", time => time.AddMilliseconds(100)),
        ("yyyy-MM-dd'T'HH:mm:ss.ff", time => time.AddMilliseconds(10)),
        ("yyyy-MM-dd'T'HH:mm:ss.fff", time => time.AddMilliseconds(1)),
        ("yyyy-MM-dd'T'HH:mm:ss.ffffff", time => time.AddMicroseconds(1)),
    ];

    /// <summary>Reads a moment, or a range (<c>a..b</c>, either end may be missing).</summary>
    /// <param name="text">The text.</param>
    /// <param name="now">The present, for times without a day.</param>
    /// <param name="zone">The zone of times that name none.</param>
    /// <param name="from">The first moment that is meant.</param>
    /// <param name="to">The last moment that is meant.</param>
    public static bool TryRead(string text, DateTimeOffset now, TimeZoneInfo zone, out FilterTime from, out FilterTime to)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
        {
            return TryReadOne(text, now, zone, out from, out to);
        }

        (from, to) = (FilterTime.Earliest, FilterTime.Latest);
        return text.Length > 2
            && (dots == 0 || TryReadOne(text[..dots], now, zone, out from, out _))
            && (dots + 2 == text.Length || TryReadOne(text[(dots + 2)..], now, zone, out _, out to));
    }

    /// <summary>As it is written in a filter; it is read back as the same moment.</summary>
    public static string Write(FilterTime time) => time switch
    {
        { IsRelative: true } => $"-{FilterNumbers.Write(FieldKind.Duration, -time.Micros)}",
        _ => Microseconds.ToTime(time.Micros).UtcDateTime.ToString(Exact, CultureInfo.InvariantCulture),
    };

    /// <summary>As people say it.</summary>
    public static string Say(FilterTime time)
    {
        if (time.IsRelative)
        {
            return $"{FilterNumbers.Say(FieldKind.Duration, -time.Micros)} ago";
        }

        var utc = Microseconds.ToTime(time.Micros).UtcDateTime;
        var format = time.Micros % 1_000_000 != 0 ? "yyyy-MM-dd HH:mm:ss.ffffff" : "yyyy-MM-dd HH:mm:ss";
        return utc.ToString(format, CultureInfo.InvariantCulture) + " UTC";
    }

    private static bool TryReadOne(string text, DateTimeOffset now, TimeZoneInfo zone, out FilterTime from, out FilterTime to)
    {
        from = to = default;
        if (text is ['-', ..])
        {
            var ok = FilterNumbers.TryReadDuration(text[1..], out var micros) && micros <= Microseconds.FromTime(DateTimeOffset.MaxValue) / 2;
            from = to = new FilterTime(-micros, true);
            return ok;
        }

        // "13:05" is that time of today.
        var whole = text is [>= '0' and <= '9', >= '0' and <= '9', ':', ..]
            ? TimeZoneInfo.ConvertTime(now, zone).ToString("yyyy-MM-dd'T'", CultureInfo.InvariantCulture) + text
            : text;
        var utc = whole.EndsWith('Z');
        foreach (var (format, end) in Formats)
        {
            if (DateTime.TryParseExact(utc ? whole[..^1] : whole, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var begin)
                && begin.Year is > 1 and < 9999)
            {
                from = Fixed(begin, utc ? TimeZoneInfo.Utc : zone);
                to = Fixed(end(begin), utc ? TimeZoneInfo.Utc : zone);
                to = to with { Micros = to.Micros - 1 };
                return true;
            }
        }

        return false;
    }

    private static FilterTime Fixed(DateTime local, TimeZoneInfo zone) =>
        new(Microseconds.FromTime(new DateTimeOffset(local, zone.GetUtcOffset(local))), false);
}
