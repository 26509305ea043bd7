namespace MitmWeb.Proxy.Filters;

/// <summary>What values a field takes.</summary>
public enum FieldKind
{
    Text,

    /// <summary>A whole number without unit.</summary>
    Number,

    /// <summary>Bytes, with the units b, kb, mb, gb (thousands) and kib, mib, gib.</summary>
    Size,

    /// <summary>Microseconds inside; written in ms, or with the units us, ms, s, m, h.</summary>
    Duration,

    Time,
}
