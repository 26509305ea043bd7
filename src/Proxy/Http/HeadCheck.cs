namespace MitmWeb.Proxy.Http;

/// <summary>
/// What in an HTTP/1.x head two readers could understand in two ways, so that one of them sees a message where the other does not
/// (request smuggling, RFC 9112, section 11.2). Requests are held to the letter, because the server behind trusts the proxy;
/// responses may be as odd as clients bear, as long as nothing odd touches how their body is framed.
/// </summary>
internal static class HeadCheck
{
    /// <summary>Why a request must not be forwarded, as a sentence; null when it may be.</summary>
    public static string? OfRequest(RequestHead head)
    {
        if (Controls(head.Raw, "request") is { } problem)
        {
            return problem;
        }

        if (HasMixedLineEnds(head.Raw))
        {
            return "Some lines of the request's head end with CRLF and some with a bare LF: two readers could see two different heads.";
        }

        for (var i = 0; i < head.Headers.Count; i++)
        {
            var line = head.Raw.AsSpan(head.Headers.LineRange(i));
            var name = head.Headers.NameBytes(i);
            if (line[0] is (byte)' ' or (byte)'\t' || line[..^1].Contains((byte)'\n'))
            {
                return "A header line of the request begins with white space (an obsolete line fold, RFC 9112, section 5.2).";
            }

            if (name.Length == line.Length || line[name.Length] != ':')
            {
                return $"The request's header line '{HeadText.Printable(name)}' has no colon.";
            }

            if (name.IsEmpty || name.ContainsAnyInRange((byte)0, (byte)' ') || name.Contains((byte)0x7f))
            {
                return $"The request's header name '{HeadText.Printable(name)}' is empty or has white space or a control character in it (RFC 9112, section 5.1).";
            }
        }

        return null;
    }

    /// <summary>Why a response must not be passed on, as a sentence; null when it may be.</summary>
    public static string? OfResponse(ResponseHead head)
    {
        if (Controls(head.Raw, "response") is { } problem)
        {
            return problem;
        }

        for (var i = 0; i < head.Headers.Count; i++)
        {
            var name = head.Headers.NameBytes(i);
            var bare = TrimControls(name);
            if (!IsFraming(bare))
            {
                continue;
            }

            if (bare.Length != name.Length)
            {
                return $"Its header name '{HeadText.Printable(name)}' has white space around it: some readers take it for {HeadText.Printable(bare)}, others do not.";
            }

            if (head.Headers.ValueBytes(i).ContainsAny((byte)'\r', (byte)'\n'))
            {
                return $"Its {HeadText.Printable(bare)} is folded over several lines (RFC 9112, section 5.2): some readers see the rest of it, others do not.";
            }
        }

        return null;
    }

    /// <summary>NUL and bare CR end a line for some readers and not for others (RFC 9112, section 2.2; RFC 9110, section 5.5).</summary>
    private static string? Controls(ReadOnlySpan<byte> raw, string what)
    {
        if (raw.Contains((byte)0))
        {
            return $"The {what}'s head has a NUL byte in it.";
        }

        for (var at = raw.IndexOf((byte)'\r'); at >= 0;)
        {
            if (at + 1 >= raw.Length || raw[at + 1] != '\n')
            {
                return $"The {what}'s head has a CR in it that is no part of a line end.";
            }

            var next = raw[(at + 2)..].IndexOf((byte)'\r');
            at = next < 0 ? -1 : at + 2 + next;
        }

        return null;
    }

    private static bool HasMixedLineEnds(ReadOnlySpan<byte> raw)
    {
        var lines = raw.Count((byte)'\n');
        var whole = raw.Count("\r\n"u8);
        return whole > 0 && whole < lines;
    }

    private static bool IsFraming(ReadOnlySpan<byte> name) =>
        System.Text.Ascii.EqualsIgnoreCase(name, "Content-Length"u8) || System.Text.Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8);

    private static ReadOnlySpan<byte> TrimControls(ReadOnlySpan<byte> name)
    {
        while (!name.IsEmpty && name[0] is <= (byte)' ' or 0x7f)
        {
            name = name[1..];
        }

        while (!name.IsEmpty && name[^1] is <= (byte)' ' or 0x7f)
        {
            name = name[..^1];
        }

        return name;
    }
}
