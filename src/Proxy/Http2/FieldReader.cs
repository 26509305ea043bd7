using System.Buffers;
using System.Globalization;
using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <summary>
/// Makes heads of decoded fields, and judges them by RFC 9113, section 8: what is malformed there may be read in two ways elsewhere
/// (request smuggling), so it never goes on.
/// </summary>
internal static class FieldReader
{
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> MethodBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> BreakingBytes = SearchValues.Create("\0\r\n"u8);
    private static readonly SearchValues<byte> NotInTargets = SearchValues.Create([.. Enumerable.Range(0, 0x21).Select(static i => (byte)i), 0x7f]);

    /// <summary>Reads a request's fields.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="isTls">Whether they came through TLS.</param>
    /// <param name="validates">Whether what is malformed is refused; otherwise it passes as far as the text form of a head can show it.</param>
    /// <param name="head">The head; where there is a problem, one that shows what can be shown.</param>
    /// <param name="length">What content-length says, or -1.</param>
    /// <returns>Why the request is malformed, as a sentence; null when it is not.</returns>
    public static string? ReadRequest(FieldBlock fields, bool isTls, bool validates, out RequestHead head, out long length)
    {
        Span<int> at = [-1, -1, -1, -1, -1, -1];
        var order = 0u;
        var count = 0;
        string? problem = null;
        string? refusal = null;
        for (; count < fields.Count && fields.Name(count) is [(byte)':', ..]; count++)
        {
            var field = Pseudo(fields.Name(count));
            if (field == PseudoField.None || at[(int)field] >= 0)
            {
                refusal ??= $"The field '{Text(fields.Name(count))}' is unknown or there twice.";
                continue;
            }

            at[(int)field] = count;
            order |= (uint)field << (count * 4);
        }

        var wrongField = CheckFields(fields, count, out length, isTrailer: false);
        problem = refusal ?? wrongField ?? CheckRequest(fields, at, count);
        if (problem is not null && !validates)
        {
            refusal ??= WhyNotShown(fields, at, count);
        }

        var scheme = at[(int)PseudoField.Scheme] is >= 0 and var s ? SchemeText(fields.Value(s)) : null;
        var isRefused = problem is not null && (validates || refusal is not null);
        head = Build(fields, at, count, new PseudoFields(scheme, order), isTls, isSanitized: isRefused, isMalformed: problem is not null);
        return isRefused ? refusal ?? problem : null;
    }

    /// <summary>Reads a response's fields.</summary>
    public static string? ReadResponse(FieldBlock fields, bool validates, out ResponseHead head, out long length)
    {
        length = -1;
        head = null!;
        if (fields.Count == 0 || !fields.Name(0).SequenceEqual(":status"u8))
        {
            return "The response has no status.";
        }

        var text = fields.Value(0);
        if (text.Length != 3 || text.ContainsAnyExceptInRange((byte)'0', (byte)'9') || text[0] == '0')
        {
            return $"The response's status is '{Text(text)}'.";
        }

        var status = ((text[0] - '0') * 100) + ((text[1] - '0') * 10) + (text[2] - '0');
        if (status == 101)
        {
            return "The response switches protocols, which HTTP/2 cannot.";
        }

        var problem = CheckFields(fields, 1, out length, isTrailer: false);
        if (problem is not null && (validates || WhyNotShown(fields, 1) is not null))
        {
            return problem;
        }

        var start = "HTTP/2 "u8.Length + 3 + 2;
        var raw = new byte[start + LinesLength(fields, 1) + 2];
        "HTTP/2 "u8.CopyTo(raw);
        text.CopyTo(raw.AsSpan(7));
        "\r\n"u8.CopyTo(raw.AsSpan(10));
        head = ResponseHead.FromHttp2(raw, status, WriteLines(fields, 1, raw, start, [], isSanitized: false), isMalformed: problem is not null);
        return null;
    }

    /// <summary>Reads trailers.</summary>
    public static string? ReadTrailers(FieldBlock fields, out HeaderList? trailers)
    {
        trailers = null;
        if (CheckFields(fields, 0, out _, isTrailer: true) is { } problem)
        {
            return problem;
        }

        if (fields.Count > 0)
        {
            var raw = new byte[LinesLength(fields, 0) + 2];
            trailers = WriteLines(fields, 0, raw, 0, [], isSanitized: false);
        }

        return null;
    }

    private static PseudoField Pseudo(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual(":method"u8) => PseudoField.Method,
        _ when name.SequenceEqual(":scheme"u8) => PseudoField.Scheme,
        _ when name.SequenceEqual(":authority"u8) => PseudoField.Authority,
        _ when name.SequenceEqual(":path"u8) => PseudoField.Path,
        _ when name.SequenceEqual(":protocol"u8) => PseudoField.Protocol,
        _ => PseudoField.None,
    };

    private static string? CheckRequest(FieldBlock fields, ReadOnlySpan<int> at, int regular)
    {
        var method = Get(fields, at[(int)PseudoField.Method]);
        var path = Get(fields, at[(int)PseudoField.Path]);
        var authority = Get(fields, at[(int)PseudoField.Authority]);
        if (method.IsEmpty || method.ContainsAnyExcept(MethodBytes))
        {
            return at[(int)PseudoField.Method] < 0 ? "The request has no :method." : $"'{Text(method)}' is no HTTP method.";
        }

        var isConnect = method.SequenceEqual("CONNECT"u8);
        if (isConnect && at[(int)PseudoField.Protocol] < 0)
        {
            return at[(int)PseudoField.Scheme] >= 0 || at[(int)PseudoField.Path] >= 0 || authority.IsEmpty
                ? "A CONNECT request must have :authority, and neither :scheme nor :path."
                : authority.ContainsAny(NotInTargets) ? "The request's :authority has characters that cannot stand there." : null;
        }

        if (at[(int)PseudoField.Protocol] >= 0 && !isConnect)
        {
            return "The request has :protocol although it is no CONNECT.";
        }

        if (at[(int)PseudoField.Scheme] < 0 || Get(fields, at[(int)PseudoField.Scheme]).IsEmpty)
        {
            return "The request has no :scheme.";
        }

        if (path.IsEmpty)
        {
            return "The request has no :path.";
        }

        if ((path[0] != '/' && !(path.SequenceEqual("*"u8) && method.SequenceEqual("OPTIONS"u8))) || path.ContainsAny(NotInTargets))
        {
            return $"The request's :path '{Text(path)}' is no path.";
        }

        if (authority.ContainsAny(NotInTargets) || Get(fields, at[(int)PseudoField.Scheme]).ContainsAnyExcept(MethodBytes))
        {
            return "The request's :authority or :scheme has characters that cannot stand there.";
        }

        return CheckHost(fields, regular, authority);
    }

    private static string? CheckHost(FieldBlock fields, int regular, ReadOnlySpan<byte> authority)
    {
        var hosts = 0;
        for (var i = regular; i < fields.Count; i++)
        {
            if (fields.Name(i).SequenceEqual("host"u8))
            {
                var host = fields.Value(i);
                if (++hosts > 1 || (!authority.IsEmpty && !Ascii.EqualsIgnoreCase(host, authority)) || host.ContainsAny(NotInTargets))
                {
                    return $"The request's host field '{Text(host)}' contradicts its :authority '{Text(authority)}'.";
                }

                if (host.IsEmpty && authority.IsEmpty)
                {
                    return "The request names no host.";
                }
            }
        }

        return authority.IsEmpty && hosts == 0 ? "The request names no host: it has neither :authority nor host." : null;
    }

    /// <summary>Checks everything behind the pseudo-header fields (RFC 9113, sections 8.2.1 and 8.2.2).</summary>
    private static string? CheckFields(FieldBlock fields, int from, out long length, bool isTrailer)
    {
        length = -1;
        for (var i = from; i < fields.Count; i++)
        {
            var name = fields.Name(i);
            var value = fields.Value(i);
            if (name.IsEmpty || name.ContainsAnyExcept(NameBytes))
            {
                return name is [(byte)':', ..]
                    ? $"The pseudo-header field '{Text(name)}' stands where none may."
                    : $"'{Text(name)}' is no name of a field in HTTP/2 (they are in lower case).";
            }

            if (value.ContainsAny(BreakingBytes) || value is [(byte)' ' or (byte)'\t', ..] or [.., (byte)' ' or (byte)'\t'])
            {
                return $"The value of '{Text(name)}' has a line end, a NUL byte, or white space around it.";
            }

            if (IsConnectionSpecific(name) || (name.SequenceEqual("te"u8) && !Ascii.EqualsIgnoreCase(value, "trailers"u8)))
            {
                return $"The field '{Text(name)}' belongs to HTTP/1.1 alone.";
            }

            if (!isTrailer && name.SequenceEqual("content-length"u8))
            {
                if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || (length >= 0 && length != number))
                {
                    return $"The content-length '{Text(value)}' is no number, or another one than before.";
                }

                length = number;
            }
        }

        return null;
    }

    /// <summary>Whether a field says something about one HTTP/1.1 connection alone (RFC 9113, section 8.2.2).</summary>
    public static bool IsConnectionSpecific(ReadOnlySpan<byte> name) => name.Length switch
    {
        7 => Ascii.EqualsIgnoreCase(name, "upgrade"u8),
        10 => Ascii.EqualsIgnoreCase(name, "connection"u8) || Ascii.EqualsIgnoreCase(name, "keep-alive"u8),
        16 => Ascii.EqualsIgnoreCase(name, "proxy-connection"u8),
        17 => Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8),
        _ => false,
    };

    private static ReadOnlySpan<byte> Get(FieldBlock fields, int index) => index < 0 ? [] : fields.Value(index);

    private static RequestHead Build(FieldBlock fields, ReadOnlySpan<int> at, int regular, PseudoFields pseudo, bool isTls, bool isSanitized, bool isMalformed)
    {
        var method = Get(fields, at[(int)PseudoField.Method]);
        var hasAuthority = at[(int)PseudoField.Authority] >= 0;
        var authority = Get(fields, at[(int)PseudoField.Authority]);
        var target = Get(fields, at[(int)PseudoField.Path]);
        if (target.IsEmpty)
        {
            target = authority; // CONNECT
        }

        // A scheme other than the connection's, and the protocol of an extended CONNECT, have lines of their own.
        Span<(int Field, int Name)> extra = stackalloc (int, int)[3];
        var extras = 0;
        if (hasAuthority)
        {
            extra[extras++] = (at[(int)PseudoField.Authority], -1);
        }

        if (pseudo.Scheme is not null && pseudo.Scheme != (isTls ? "https" : "http"))
        {
            extra[extras++] = (at[(int)PseudoField.Scheme], 0);
        }

        if (at[(int)PseudoField.Protocol] is >= 0 and var protocol)
        {
            extra[extras++] = (protocol, 0);
        }

        var start = method.Length + 1 + target.Length + " HTTP/2\r\n"u8.Length;
        var size = start + LinesLength(fields, regular) + 2;
        foreach (var (field, name) in extra[..extras])
        {
            size += (name < 0 ? 4 : fields.Name(field).Length) + fields.Value(field).Length + 4;
        }

        var raw = new byte[size];
        method.CopyTo(raw);
        raw[method.Length] = (byte)' ';
        target.CopyTo(raw.AsSpan(method.Length + 1));
        " HTTP/2\r\n"u8.CopyTo(raw.AsSpan(start - 9));
        if (isSanitized)
        {
            Sanitize(raw.AsSpan(0, start - 2));
        }

        var headers = WriteLines(fields, regular, raw, start, extra[..extras], isSanitized);
        return RequestHead.FromHttp2(
            raw,
            WellKnown.Method(raw.AsSpan(0, method.Length)),
            Encoding.Latin1.GetString(raw, method.Length + 1, target.Length),
            headers,
            pseudo,
            isMalformed);
    }

    /// <summary>Why a malformed request cannot pass even where nothing is validated: its text form would show something else, or it goes nowhere.</summary>
    private static string? WhyNotShown(FieldBlock fields, ReadOnlySpan<int> at, int regular)
    {
        var method = Get(fields, at[(int)PseudoField.Method]);
        if (method.IsEmpty || method.ContainsAny(NotInTargets))
        {
            return at[(int)PseudoField.Method] < 0 ? "The request has no :method." : $"'{Text(method)}' is no HTTP method.";
        }

        if (method.SequenceEqual("CONNECT"u8) || at[(int)PseudoField.Protocol] >= 0)
        {
            return "A CONNECT request is malformed.";
        }

        if (Get(fields, at[(int)PseudoField.Path]).IsEmpty)
        {
            return "The request has no :path.";
        }

        foreach (var one in at)
        {
            if (Get(fields, one).Contains((byte)'\n'))
            {
                return $"The value of '{Text(fields.Name(one))}' has a line end in it.";
            }
        }

        return WhyNotShown(fields, regular);
    }

    private static string? WhyNotShown(FieldBlock fields, int from)
    {
        for (var i = from; i < fields.Count; i++)
        {
            var name = fields.Name(i);
            if (name.IsEmpty || name.ContainsAny((byte)':', (byte)'\n') || fields.Value(i).Contains((byte)'\n'))
            {
                return $"The field '{Text(name)}' has an empty name, a colon in its name, or a line end in it: as a line it would be another one.";
            }
        }

        return null;
    }

    private static int LinesLength(FieldBlock fields, int from)
    {
        var length = 0;
        for (var i = from; i < fields.Count; i++)
        {
            length += fields.Name(i).Length + fields.Value(i).Length + 4;
        }

        return length;
    }

    private static HeaderList WriteLines(FieldBlock fields, int from, byte[] raw, int start, ReadOnlySpan<(int Field, int Name)> extra, bool isSanitized)
    {
        var lines = new HeaderList.Line[extra.Length + fields.Count - from];
        var position = start;
        var line = 0;
        foreach (var (field, name) in extra)
        {
            lines[line++] = WriteLine(name < 0 ? "Host"u8 : fields.Name(field), fields.Value(field), fields.IsNeverIndexed(field), raw, ref position, isSanitized);
        }

        for (var i = from; i < fields.Count; i++)
        {
            lines[line++] = WriteLine(fields.Name(i), fields.Value(i), fields.IsNeverIndexed(i), raw, ref position, isSanitized);
        }

        "\r\n"u8.CopyTo(raw.AsSpan(position));
        return lines.Length == 0 ? HeaderList.Empty : new HeaderList(raw, lines);
    }

    private static HeaderList.Line WriteLine(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed, byte[] raw, ref int position, bool isSanitized)
    {
        var start = position;
        var valueStart = start + name.Length + 2;
        name.CopyTo(raw.AsSpan(start));
        ": "u8.CopyTo(raw.AsSpan(start + name.Length));
        value.CopyTo(raw.AsSpan(valueStart));
        if (isSanitized)
        {
            Sanitize(raw.AsSpan(start, name.Length));
            Sanitize(raw.AsSpan(valueStart, value.Length));
        }

        position = valueStart + value.Length + 2;
        "\r\n"u8.CopyTo(raw.AsSpan(position - 2));
        return new HeaderList.Line(start, position, start, name.Length, valueStart, value.Length, isNeverIndexed);
    }

    /// <summary>Makes bytes harmless that would look like the end of a line in the text form.</summary>
    private static void Sanitize(Span<byte> bytes)
    {
        foreach (ref var one in bytes)
        {
            one = one is (byte)'\r' or (byte)'\n' or 0 ? (byte)'?' : one;
        }
    }

    private static string SchemeText(ReadOnlySpan<byte> scheme) =>
        scheme.SequenceEqual("https"u8) ? "https" : scheme.SequenceEqual("http"u8) ? "http" : Encoding.Latin1.GetString(scheme);

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes.Length > 100 ? bytes[..100] : bytes);
        return string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
    }
}
