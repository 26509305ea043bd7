using System.Globalization;

namespace MitmWeb.Proxy.Filters;

/// <summary>Numbers with units, as people write them.</summary>
internal static class FilterNumbers
{
    private static readonly (string Unit, long Factor)[] Sizes =
    [
        ("kib", 1L << 10), ("mib", 1L << 20), ("gib", 1L << 30), ("kb", 1000), ("mb", 1_000_000), ("gb", 1_000_000_000),
        ("k", 1000), ("m", 1_000_000), ("g", 1_000_000_000), ("b", 1),
    ];

    private static readonly (string Unit, long Factor)[] Durations =
    [
        ("us", 1), ("µs", 1), ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
    ];

    /// <summary>What a value may look like, for error messages.</summary>
    public static string Expected(FieldKind kind) => kind switch
    {
        FieldKind.Size => "a size like 500, 10kb or 1.5mb, or a range like 1kb..2kb",
        FieldKind.Duration => "a duration like 250ms, 1.5s or 2m, or a range like 100ms..1s",
        _ => "a whole number, or a range like 400..499",
    };

    /// <summary>Reads a number, a range (<c>a..b</c>, either end may be missing), or a class (<c>4xx</c>).</summary>
    public static bool TryRead(FilterField field, FieldKind kind, string text, out long from, out long to)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots >= 0)
        {
            (from, to) = (long.MinValue, long.MaxValue);
            return text.Length > 2
                && (dots == 0 || TryReadOne(kind, text[..dots], out from))
                && (dots + 2 == text.Length || TryReadOne(kind, text[(dots + 2)..], out to));
        }

        if (field == FilterField.Status && text is [>= '1' and <= '9', 'x' or 'X', 'x' or 'X'])
        {
            (from, to) = ((text[0] - '0') * 100, ((text[0] - '0') * 100) + 99);
            return true;
        }

        var ok = TryReadOne(kind, text, out from);
        to = from;
        return ok;
    }

    /// <summary>Reads a duration without a unit as milliseconds.</summary>
    public static bool TryReadDuration(string text, out long micros) => TryReadOne(FieldKind.Duration, text, out micros);

    /// <summary>As it is written in a filter; it is read back as the same number.</summary>
    public static string Write(FieldKind kind, long value) =>
        value.ToString(CultureInfo.InvariantCulture) + (kind == FieldKind.Duration ? "us" : "");

    /// <summary>As people say it.</summary>
    public static string Say(FieldKind kind, long value)
    {
        var (units, plain) = kind switch
        {
            FieldKind.Size => (new[] { ("GB", 1_000_000_000L), ("MB", 1_000_000), ("kB", 1000) }, " bytes"),
            FieldKind.Duration => ([("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1000)], " µs"),
            _ => ([], ""),
        };
        foreach (var (unit, factor) in units)
        {
            // Only where nothing is lost by it: "1.5 MB", but not for 1500001.
            if (value >= factor && value % (factor / 100 == 0 ? factor : factor / 100) == 0)
            {
                return ((decimal)value / factor).ToString("0.##", CultureInfo.InvariantCulture) + " " + unit;
            }
        }

        return value.ToString(CultureInfo.InvariantCulture) + plain;
    }

    private static bool TryReadOne(FieldKind kind, string text, out long value)
    {
        value = 0;
        var (factor, digits) = (kind == FieldKind.Duration ? 1000L : 1L, text);
        foreach (var (unit, scale) in kind switch { FieldKind.Size => Sizes, FieldKind.Duration => Durations, _ => [] })
        {
            // "ms" ends with "s", but stands before it in the list of units.
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                (factor, digits) = (scale, text[..^unit.Length]);
                break;
            }
        }

        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue / 2 / factor)
        {
            return false;
        }

        var scaled = number * factor;
        value = (long)Math.Round(scaled);
        return digits.Length > 0 && (kind != FieldKind.Number || scaled == value);
    }
}
