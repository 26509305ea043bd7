using System.Text;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Http;

/// <summary>
/// The head of a request: for HTTP/1.x the very bytes of the wire; for HTTP/2 the same fields written as lines, in their order, with
/// duplicates. The pseudo-header fields (RFC 9113, section 8.3.1) stand so: <c>:method</c> and <c>:path</c> in the first line
/// (<c>GET /path HTTP/2</c>; for CONNECT <c>:authority</c> instead of a path), <c>:authority</c> as the line <c>Host</c> right after it
/// (with a capital letter, which no field of HTTP/2 has: a field <c>host</c> is shown as that), then a line <c>:scheme</c> only where it
/// is not the connection's own, and a line <c>:protocol</c> for an extended CONNECT (RFC 8441). Their order among each other and the
/// never-indexed marks of fields are kept beside the text, and sent on.
/// </summary>
public sealed class RequestHead
{
    private RequestHead(byte[] raw, string method, string target, string version, HeaderList headers, PseudoFields pseudo = default, bool isMalformed = false)
    {
        Pseudo = pseudo;
        IsMalformed = isMalformed;
        Raw = raw;
        Method = method;
        Target = target;
        Version = version;
        Headers = headers;
    }

    /// <summary>Every byte of the head, the empty line at its end included. Not to be changed.</summary>
    public byte[] Raw { get; }

    /// <summary>The method in its own case (RFC 9110, section 9.1).</summary>
    public string Method { get; }

    /// <summary>The request target as it was sent: origin-form, absolute-form, authority-form or <c>*</c> (RFC 9112, section 3.2).</summary>
    public string Target { get; }

    /// <summary>The version as it was sent: <c>HTTP/1.1</c>, <c>HTTP/1.0</c>, <c>HTTP/2</c>; empty when the line had none.</summary>
    public string Version { get; }

    /// <summary>The header lines in their order.</summary>
    public HeaderList Headers { get; }

    /// <summary>What the text form does not show of an HTTP/2 request.</summary>
    internal PseudoFields Pseudo { get; }

    /// <summary>Whether it came over HTTP/2 and RFC 9113, section 8, calls it malformed; it goes on as it is, because nothing is validated.</summary>
    internal bool IsMalformed { get; }

    /// <summary>Takes a whole head apart.</summary>
    /// <param name="raw">The head up to and with its empty line; kept, not copied.</param>
    public static RequestHead Parse(byte[] raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        var line = HeadParser.FirstLine(raw, out var next);
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        string method, target, version;
        if (first < 0)
        {
            (method, target, version) = (Latin1(line), "", "");
        }
        else if (first == last)
        {
            (method, target, version) = (WellKnown.Method(line[..first]), Latin1(line[(first + 1)..]), "");
        }
        else
        {
            (method, target, version) = (WellKnown.Method(line[..first]), Latin1(line[(first + 1)..last]), WellKnown.Version(line[(last + 1)..]));
        }

        return new RequestHead(raw, method, target, version, HeadParser.ParseLines(raw, next));
    }

    /// <summary>Writes a head from its parts.</summary>
    /// <exception cref="ArgumentException">A part has a CR, LF or NUL in it.</exception>
    public static RequestHead Create(string method, string target, string version, IEnumerable<HeaderField> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var buffer = new MemoryStream();
        HeadText.WriteLine(buffer, method, target, version);
        foreach (var field in headers)
        {
            HeadText.WriteField(buffer, field);
        }

        buffer.Write("\r\n"u8);
        return Parse(buffer.ToArray());
    }

    /// <summary>A head whose text form has been written from the fields of an HTTP/2 request.</summary>
    internal static RequestHead FromHttp2(byte[] raw, string method, string target, HeaderList headers, PseudoFields pseudo, bool isMalformed) =>
        new(raw, method, target, "HTTP/2", headers, pseudo, isMalformed);

    private static string Latin1(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
