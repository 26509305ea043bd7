namespace MitmWeb.Proxy.Storage;

/// <summary>What a flow is sorted by. Keys compare as SQLite does: nothing before numbers before texts, texts by their UTF-8 bytes.</summary>
public readonly record struct SortKey : IComparable<SortKey>
{
    private readonly Kind _kind;
    private readonly long _number;
    private readonly string? _text;

    private SortKey(Kind kind, long number, string? text) => (_kind, _number, _text) = (kind, number, text);

    private enum Kind : byte
    {
        Nothing,
        Number,
        Text,
    }

    public static bool operator <(SortKey left, SortKey right) => left.CompareTo(right) < 0;

    public static bool operator >(SortKey left, SortKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(SortKey left, SortKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SortKey left, SortKey right) => left.CompareTo(right) >= 0;

    public static SortKey Of(long? number) => number is { } value ? new(Kind.Number, value, null) : default;

    public static SortKey Of(string? text) => text is null ? default : new(Kind.Text, 0, text);

    public int CompareTo(SortKey other)
    {
        if (_kind != other._kind)
        {
            return _kind.CompareTo(other._kind);
        }

        return _kind == Kind.Text ? CompareBytes(_text, other._text) : _number.CompareTo(other._number);
    }

    /// <summary>The order of UTF-8 is that of code points, which UTF-16 keeps but for surrogates: they stand before U+E000.</summary>
    private static int CompareBytes(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var (a, b) = (left[same], right[same]);
        return a >= '\ud800' && b >= '\ud800' && char.IsSurrogate(a) != char.IsSurrogate(b)
            ? char.IsSurrogate(a).CompareTo(char.IsSurrogate(b))
            : a.CompareTo(b);
    }
}
