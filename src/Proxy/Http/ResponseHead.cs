using System.Globalization;
using System.Text;

namespace MitmWeb.Proxy.Http;

/// <summary>The head of a response, final or interim: for HTTP/1.x the very bytes of the wire; for HTTP/2 the same fields written
/// as lines (<c>HTTP/2 200</c>, then the fields in their order).</summary>
public sealed class ResponseHead
{
    private ResponseHead(byte[] raw, string version, int status, string reason, HeaderList headers, bool isMalformed = false)
    {
        Raw = raw;
        IsMalformed = isMalformed;
        Version = version;
        Status = status;
        Reason = reason;
        Headers = headers;
    }

    /// <summary>Every byte of the head, the empty line at its end included. Not to be changed.</summary>
    public byte[] Raw { get; }

    /// <summary>The version as it was sent.</summary>
    public string Version { get; }

    /// <summary>The status code, 0 when the line held none.</summary>
    public int Status { get; }

    /// <summary>The reason phrase as it was sent, often empty.</summary>
    public string Reason { get; }

    /// <summary>The header lines in their order.</summary>
    public HeaderList Headers { get; }

    /// <summary>Whether it came over HTTP/2 and RFC 9113, section 8, calls it malformed; it goes on as it is, because nothing is validated.</summary>
    internal bool IsMalformed { get; }

    /// <summary>Takes a whole head apart.</summary>
    /// <param name="raw">The head up to and with its empty line; kept, not copied.</param>
    public static ResponseHead Parse(byte[] raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        var line = HeadParser.FirstLine(raw, out var next);
        var space = line.IndexOf((byte)' ');
        var version = WellKnown.Version(space < 0 ? line : line[..space]);
        var rest = space < 0 ? [] : line[(space + 1)..];
        var codeEnd = rest.IndexOf((byte)' ');
        var code = codeEnd < 0 ? rest : rest[..codeEnd];
        var reason = codeEnd < 0 ? "" : WellKnown.Reason(rest[(codeEnd + 1)..]);
        var status = code.Length == 3 && int.TryParse(code, out var number) && number is >= 100 and <= 999 ? number : 0;
        return new ResponseHead(raw, version, status, reason, HeadParser.ParseLines(raw, next));
    }

    /// <summary>A head whose text form has been written from the fields of an HTTP/2 response.</summary>
    internal static ResponseHead FromHttp2(byte[] raw, int status, HeaderList headers, bool isMalformed) =>
        new(raw, "HTTP/2", status, "", headers, isMalformed);

    /// <summary>Writes a head from its parts.</summary>
    /// <exception cref="ArgumentException">A part has a CR, LF or NUL in it.</exception>
    public static ResponseHead Create(string version, int status, string reason, IEnumerable<HeaderField> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var buffer = new MemoryStream();
        var code = status.ToString(CultureInfo.InvariantCulture);
        if (reason.Length > 0 || version.StartsWith("HTTP/1", StringComparison.Ordinal))
        {
            HeadText.WriteLine(buffer, version, code, reason);
        }
        else
        {
            HeadText.WriteLine(buffer, version, code);
        }

        foreach (var field in headers)
        {
            HeadText.WriteField(buffer, field);
        }

        buffer.Write("\r\n"u8);
        return Parse(buffer.ToArray());
    }
}
