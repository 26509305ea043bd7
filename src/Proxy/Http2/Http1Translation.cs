using System.Globalization;
using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <summary>
/// Heads that came over HTTP/2 as heads of HTTP/1.1 (RFC 9113, section 8.2.3 and 8.3.1): cookies in one line, one Host line, no
/// pseudo-header fields, and nothing that would say something about the connection.
/// </summary>
internal static class Http1Translation
{
    public static byte[] Request(RequestHead head, bool isChunked)
    {
        var buffer = new MemoryStream(head.Raw.Length + 64);
        HeadText.Write(buffer, head.Method);
        buffer.WriteByte((byte)' ');
        HeadText.Write(buffer, head.Target);
        buffer.Write(" HTTP/1.1\r\n"u8);
        WriteLines(buffer, head.Headers, isRequest: true, isAsItIs: head.IsMalformed);
        buffer.Write(isChunked ? "transfer-encoding: chunked\r\n\r\n"u8 : "\r\n"u8);
        return buffer.ToArray();
    }

    /// <summary>A response's head.</summary>
    /// <param name="head">The head.</param>
    /// <param name="framing">The line that says how the body is framed, with its line end; empty for none.</param>
    public static byte[] Response(ResponseHead head, string framing)
    {
        var buffer = new MemoryStream(head.Raw.Length + 64);
        HeadText.Write(buffer, string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {head.Status} {ReasonPhrase.Of(head.Status)}\r\n"));
        WriteLines(buffer, head.Headers, isRequest: false, isAsItIs: false);
        HeadText.Write(buffer, framing);
        buffer.Write("\r\n"u8);
        return buffer.ToArray();
    }

    private static void WriteLines(MemoryStream buffer, HeaderList lines, bool isRequest, bool isAsItIs)
    {
        var host = isRequest ? lines.IndexOf("host"u8) : -1;
        var cookie = isRequest ? lines.IndexOf("cookie"u8) : -1;
        for (var i = 0; i < lines.Count; i++)
        {
            var name = lines.NameBytes(i);
            if (name is [] or [(byte)':', ..] || (!isAsItIs && FieldReader.IsConnectionSpecific(name)))
            {
                continue;
            }

            if (isRequest && !isAsItIs && i != host && Ascii.EqualsIgnoreCase(name, "host"u8))
            {
                continue; // The same again: it was checked against :authority.
            }

            if (cookie >= 0 && i >= cookie && Ascii.EqualsIgnoreCase(name, "cookie"u8))
            {
                if (i == cookie)
                {
                    WriteCookies(buffer, lines, cookie);
                }

                continue;
            }

            buffer.Write(name);
            buffer.Write(": "u8);
            buffer.Write(lines.ValueBytes(i));
            buffer.Write("\r\n"u8);
        }
    }

    private static void WriteCookies(MemoryStream buffer, HeaderList lines, int first)
    {
        buffer.Write(lines.NameBytes(first));
        buffer.Write(": "u8);
        for (var i = first; i >= 0; i = lines.IndexOf("cookie"u8, i + 1))
        {
            if (i > first)
            {
                buffer.Write("; "u8);
            }

            buffer.Write(lines.ValueBytes(i));
        }

        buffer.Write("\r\n"u8);
    }
}
