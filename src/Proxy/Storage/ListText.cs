namespace MitmWeb.Proxy.Storage;

/// <summary>
/// Text for the list's columns. A NUL or half a surrogate pair would come back from the file as something else, so that the row in
/// memory and the row in the file would differ; both become U+FFFD. (The bytes of the heads are stored as they were.)
/// </summary>
internal static class ListText
{
    public const char Replacement = '\ufffd';

    public static string Clean(string text)
    {
        if (!text.Contains('\0', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return text;
        }

        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                var whole = char.IsHighSurrogate(source[i])
                    ? i + 1 < source.Length && char.IsLowSurrogate(source[i + 1])
                    : !char.IsLowSurrogate(source[i]) || (i > 0 && char.IsHighSurrogate(source[i - 1]));
                span[i] = whole && source[i] != '\0' ? source[i] : Replacement;
            }
        });
    }
}
