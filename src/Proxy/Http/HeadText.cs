using System.Buffers;
using System.Text;

namespace MitmWeb.Proxy.Http;

/// <summary>Text as head bytes: Latin-1 where it fits, so that what was read is written back byte for byte, else UTF-8.</summary>
internal static class HeadText
{
    private static readonly SearchValues<char> LineBreakers = SearchValues.Create("\r\n\0");

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Whether a method or name is one (RFC 9110, section 5.6.2).</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>A value on one line: each fold a space (RFC 9112, section 5.2), and each control character as well.</summary>
    public static string WithoutControls(string value)
    {
        if (!value.Any(static c => c is < ' ' and not '\t' or '\u007f'))
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var isFold = value[i] is '\r' or '\n';
            text.Append(value[i] is < ' ' and not '\t' or '\u007f' ? ' ' : value[i]);
            while (isFold && i + 1 < value.Length && (value[i + 1] is ' ' or '\t' or '\r' or '\n'))
            {
                i++;
            }
        }

        return text.ToString();
    }

    public static void Write(MemoryStream buffer, string text) => buffer.Write(Encode(text));

    /// <summary>Writes a first line from its parts, which are joined by spaces.</summary>
    /// <exception cref="ArgumentException">A part would break out of the line.</exception>
    public static void WriteLine(MemoryStream buffer, params ReadOnlySpan<string> parts)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            Write(buffer, (i > 0 ? " " : "") + WithoutLineBreaks(parts[i]));
        }

        buffer.Write("\r\n"u8);
    }

    /// <summary>Writes a header line.</summary>
    /// <exception cref="ArgumentException">Its name or value would break out of the line: that would split the message in two.</exception>
    public static void WriteField(MemoryStream buffer, HeaderField field)
    {
        Write(buffer, WithoutLineBreaks(field.Name));
        buffer.Write(": "u8);
        Write(buffer, WithoutLineBreaks(field.Value));
        buffer.Write("\r\n"u8);
    }

    /// <summary>Head bytes for a sentence: each control character shown as a dot.</summary>
    public static string Printable(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (text, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            text[i] = char.IsControl((char)from[i]) ? '.' : (char)from[i];
        }
    });

    public static byte[] Encode(string text)
    {
        foreach (var c in text)
        {
            if (c > '\u00ff')
            {
                return Encoding.UTF8.GetBytes(text);
            }
        }

        return Encoding.Latin1.GetBytes(text);
    }

    private static string WithoutLineBreaks(string text) => text.AsSpan().ContainsAny(LineBreakers)
        ? throw new ArgumentException($"'{Printable(Encode(text))}' has a CR, LF or NUL in it, which cannot stand in a message's head.", nameof(text))
        : text;
}
