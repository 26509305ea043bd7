using System.Globalization;
using System.Text;

namespace MitmWeb.Proxy.Http;

/// <summary>
/// How a message's body is framed (RFC 9112, section 6.3), or why nobody can say: where two readers of the same head could see two
/// different ends (request smuggling, section 11.2), the message is refused.
/// </summary>
/// <param name="Kind">How the end is known.</param>
/// <param name="Length">The length, where it is known by that.</param>
/// <param name="Refusal">Why the message is refused; null when it is not.</param>
internal readonly record struct BodyFraming(BodyKind Kind, long Length = 0, string? Refusal = null)
{
    public static readonly BodyFraming None = new(BodyKind.None);
    public static readonly BodyFraming Chunked = new(BodyKind.Chunked);
    public static readonly BodyFraming UntilClose = new(BodyKind.UntilClose);

    /// <summary>The framing of a request's body.</summary>
    public static BodyFraming OfRequest(RequestHead head)
    {
        var common = FromHeaders(head.Headers, out var codings);
        if (common.Refusal is not null || codings is null)
        {
            return common.Kind == BodyKind.UntilClose ? None : common;
        }

        if (head.Version == "HTTP/1.0")
        {
            return Refuse("The request has Transfer-Encoding although it is HTTP/1.0.");
        }

        return EndsWithChunked(codings)
            ? Chunked
            : Refuse($"The request's Transfer-Encoding is '{codings}', which does not end with 'chunked': where its body ends cannot be known.");
    }

    /// <summary>The framing of a final response's body.</summary>
    /// <param name="head">The response.</param>
    /// <param name="requestMethod">The method of the request that it answers.</param>
    public static BodyFraming OfResponse(ResponseHead head, string requestMethod)
    {
        if (requestMethod == "HEAD"
            || head.Status is (>= 100 and < 200) or 204 or 304
            || (requestMethod == "CONNECT" && head.Status is >= 200 and < 300))
        {
            return None;
        }

        var common = FromHeaders(head.Headers, out var codings);
        if (common.Refusal is not null || codings is null)
        {
            return common;
        }

        return EndsWithChunked(codings) ? Chunked : UntilClose;
    }

    /// <summary>
    /// The framing that most readers would see in a message that is refused, for those who let it pass on purpose: chunks win over a
    /// length, and the first length over the others.
    /// </summary>
    /// <param name="headers">The message's headers.</param>
    /// <param name="otherwise">The framing when neither header can be understood.</param>
    public static BodyFraming Likeliest(HeaderList headers, BodyFraming otherwise)
    {
        for (var te = headers.IndexOf("Transfer-Encoding"u8); te >= 0; te = headers.IndexOf("Transfer-Encoding"u8, te + 1))
        {
            if (Encoding.Latin1.GetString(headers.ValueBytes(te)).Contains("chunked", StringComparison.OrdinalIgnoreCase))
            {
                return Chunked;
            }
        }

        var first = headers.Find("Content-Length"u8)?.Split(',')[0].Trim(' ', '\t');
        if (!long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return otherwise;
        }

        return length == 0 ? None : new BodyFraming(BodyKind.Length, length);
    }

    /// <summary>Reads the two headers. Without either the result is <see cref="UntilClose"/>.</summary>
    private static BodyFraming FromHeaders(HeaderList headers, out string? codings)
    {
        codings = null;
        var te = headers.IndexOf("Transfer-Encoding"u8);
        var cl = headers.IndexOf("Content-Length"u8);
        if (te >= 0)
        {
            if (cl >= 0)
            {
                return Refuse("The message has both Content-Length and Transfer-Encoding: two readers could see two different ends of its body.");
            }

            var joined = new StringBuilder();
            for (; te >= 0; te = headers.IndexOf("Transfer-Encoding"u8, te + 1))
            {
                joined.Append(joined.Length > 0 ? ", " : "").Append(Encoding.Latin1.GetString(headers.ValueBytes(te)));
            }

            codings = joined.ToString();
            var chunked = codings.IndexOf("chunked", StringComparison.OrdinalIgnoreCase);
            if (chunked >= 0 && (!EndsWithChunked(codings) || chunked != codings.LastIndexOf("chunked", StringComparison.OrdinalIgnoreCase)))
            {
                // Twice, in the middle, or with something around it: readers differ in what they make of that (RFC 9112, section 6.1).
                return Refuse($"The message's Transfer-Encoding is '{codings}', where 'chunked' does not stand once and at the end: two readers could see two different ends of its body.");
            }

            return default;
        }

        if (cl < 0)
        {
            return UntilClose;
        }

        var length = -1L;
        for (; cl >= 0; cl = headers.IndexOf("Content-Length"u8, cl + 1))
        {
            // "5, 5" is what an intermediary may have made of two equal lines (RFC 9110, section 8.6).
            foreach (var item in Encoding.Latin1.GetString(headers.ValueBytes(cl)).Split(','))
            {
                var text = item.Trim(' ', '\t');
                if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                {
                    return Refuse($"The message's Content-Length '{text}' is not a number.");
                }

                if (length >= 0 && value != length)
                {
                    return Refuse($"The message has two different Content-Lengths, {length} and {value}: two readers could see two different ends of its body.");
                }

                length = value;
            }
        }

        return length == 0 ? None : new BodyFraming(BodyKind.Length, length);
    }

    private static bool EndsWithChunked(string codings)
    {
        var last = codings.AsSpan(codings.LastIndexOf(',') + 1).Trim(" \t");
        return last.Equals("chunked", StringComparison.OrdinalIgnoreCase);
    }

    private static BodyFraming Refuse(string reason) => new(BodyKind.None, 0, reason);
}
