using System.Buffers;
using System.Text;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Filters;

/// <summary>What filters look at of a flow besides its row. Each part is fetched when somebody asks for it.</summary>
public abstract class FilterContent
{
    /// <summary>The most bytes of a decoded body that are searched.</summary>
    public const int MaxBody = 16 * 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The header lines of a message, then its trailer lines; nothing where there are none.</summary>
    internal abstract IReadOnlyList<HeaderList> Headers(MessageSide side);

    /// <summary>The decoded body (<see cref="MaxBody"/> of it), and whether there is any.</summary>
    internal abstract ReadOnlyMemory<byte> Body(MessageSide side);

    internal abstract FilterConnection? Client { get; }

    internal abstract FilterConnection? Server { get; }

    /// <summary>Text as it was most probably meant: UTF-8 where the bytes are that, else Latin-1.</summary>
    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>As <see cref="Decode(ReadOnlySpan{byte})"/>, into a buffer of at least as many characters as there are bytes.</summary>
    /// <returns>How many characters it made.</returns>
    internal static int Decode(ReadOnlySpan<byte> bytes, Span<char> buffer)
    {
        if (Ascii.ToUtf16(bytes, buffer, out var count) == OperationStatus.Done)
        {
            return count;
        }

        return System.Text.Unicode.Utf8.ToUtf16(bytes, buffer, out _, out count, replaceInvalidSequences: false) == OperationStatus.Done
            ? count
            : Encoding.Latin1.GetChars(bytes, buffer);
    }
}
