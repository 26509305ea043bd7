using System.Buffers;
using System.Globalization;
using System.Text;
using MitmWeb.Proxy.Http;

namespace MitmWeb.Proxy.Http2;

/// <summary>
/// Encodes heads as field blocks. What came over HTTP/2 goes out as it came; what came over HTTP/1.1 is translated as RFC 9113 demands
/// (section 8.2): names in lower case, without the fields that belong to an HTTP/1.1 connection, folds and control characters as spaces, one content-length at most.
/// </summary>
internal static class FieldWriter
{
    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(static i => i != 9).Select(static i => (byte)i), 0x7f]);

    /// <summary>Encodes a request's head.</summary>
    /// <param name="encoder">The connection's encoder.</param>
    /// <param name="output">Where to.</param>
    /// <param name="head">The head.</param>
    /// <param name="scheme">The connection's scheme, where the head says none.</param>
    /// <param name="authority">The server's authority, where the head names no host.</param>
    /// <param name="protocol">What a CONNECT that did not come over HTTP/2 is to begin (RFC 8441, section 4); null for nothing.</param>
    public static void WriteRequest(HpackEncoder encoder, PooledBuffer output, RequestHead head, string scheme, string authority, string? protocol = null)
    {
        var isHttp2 = head.Version == "HTTP/2";
        var host = head.Headers.IndexOf("host"u8);

        // ":authority" is the line "Host", with a capital letter that no field of HTTP/2 can have; "host" is an ordinary field.
        var isAuthority = host >= 0 && (!isHttp2 || (head.Headers.NameBytes(host)[0] == 'H' && (head.Pseudo.Order == 0 || head.Pseudo.Has(PseudoField.Authority))));
        var order = head.Pseudo.Order != 0 ? head.Pseudo.Order
            : protocol is not null ? PseudoFields.ConnectOrder
            : head.Method == "CONNECT" ? PseudoFields.TunnelOrder
            : PseudoFields.UsualOrder;
        for (; order != 0; order >>= 4)
        {
            switch ((PseudoField)(order & 0xf))
            {
                case PseudoField.Method:
                    Write(encoder, output, ":method"u8, head.Method);
                    break;
                case PseudoField.Scheme:
                    Write(encoder, output, ":scheme"u8, head.Pseudo.Scheme ?? scheme);
                    break;
                case PseudoField.Authority when head.Method == "CONNECT" && !isHttp2 && protocol is null:
                    Write(encoder, output, ":authority"u8, head.Target); // The other end of the tunnel (RFC 9113, section 8.5).
                    break;
                case PseudoField.Authority when isAuthority:
                    encoder.Encode(output, ":authority"u8, head.Headers.ValueBytes(host), head.Headers.IsNeverIndexed(host));
                    break;
                case PseudoField.Authority when host < 0:
                    Write(encoder, output, ":authority"u8, authority);
                    break;
                case PseudoField.Path:
                    Write(encoder, output, ":path"u8, head.Target);
                    break;
                case PseudoField.Protocol when (protocol ?? head.Headers.Find(":protocol"u8)) is { } name:
                    Write(encoder, output, ":protocol"u8, name);
                    break;
            }
        }

        WriteLines(encoder, output, head.Headers, isHttp2, isAuthority ? host : -1, isAsItIs: head.IsMalformed);
    }

    /// <summary>Encodes a response's head.</summary>
    public static void WriteResponse(HpackEncoder encoder, PooledBuffer output, ResponseHead head)
    {
        Write(encoder, output, ":status"u8, head.Status == 200 ? "200" : head.Status.ToString("000", CultureInfo.InvariantCulture));
        WriteLines(encoder, output, head.Headers, head.Version == "HTTP/2", -1, mayHaveLength: head.Status is >= 200 and not 204, isAsItIs: head.IsMalformed);
    }

    /// <summary>Encodes trailers.</summary>
    public static void WriteTrailers(HpackEncoder encoder, PooledBuffer output, HeaderList trailers) =>
        WriteLines(encoder, output, trailers, isHttp2: false, -1);

    private static void Write(HpackEncoder encoder, PooledBuffer output, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length <= 256)
        {
            Span<byte> bytes = stackalloc byte[256];
            if (Encoding.Latin1.TryGetBytes(value, bytes, out var count) && Ascii.IsValid(value))
            {
                encoder.Encode(output, name, bytes[..count]);
                return;
            }
        }

        encoder.Encode(output, name, HeadText.Encode(value));
    }

    private static void WriteLines(HpackEncoder encoder, PooledBuffer output, HeaderList lines, bool isHttp2, int skipped, bool mayHaveLength = true, bool isAsItIs = false)
    {
        var hasConnection = !isHttp2 && lines.Contains("connection"u8);
        var contentLength = !isHttp2 && !mayHaveLength ? int.MaxValue : lines.IndexOf("content-length"u8);
        for (var i = 0; i < lines.Count; i++)
        {
            var name = lines.NameBytes(i);
            if (i == skipped || name is [(byte)':', ..])
            {
                continue;
            }

            if (isHttp2 && (isAsItIs || !name.ContainsAnyInRange((byte)'A', (byte)'Z')))
            {
                encoder.Encode(output, name, lines.ValueBytes(i), lines.IsNeverIndexed(i));
            }
            else if (!name.IsEmpty
                && !name.ContainsAnyExcept(Token)
                && !FieldReader.IsConnectionSpecific(name)
                && !(hasConnection && lines.HasToken("connection"u8, name))
                && !(i != contentLength && Ascii.EqualsIgnoreCase(name, "content-length"u8))
                && !(Ascii.EqualsIgnoreCase(name, "te"u8) && !lines.HasToken("te"u8, "trailers"u8)))
            {
                WriteTranslated(encoder, output, name, lines.ValueBytes(i), lines.IsNeverIndexed(i));
            }
        }
    }

    private static void WriteTranslated(HpackEncoder encoder, PooledBuffer output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed)
    {
        Span<byte> lower = name.Length <= 128 ? stackalloc byte[name.Length] : new byte[name.Length];
        Ascii.ToLower(name, lower, out _);
        if (lower.SequenceEqual("te"u8))
        {
            value = "trailers"u8;
        }
        else if (value.ContainsAny(Controls))
        {
            value = Encoding.Latin1.GetBytes(HeadText.WithoutControls(Encoding.Latin1.GetString(value)));
        }

        if (lower.SequenceEqual("content-length"u8) && value.IndexOf((byte)',') is > 0 and var comma)
        {
            value = value[..comma]; // "5, 5" (RFC 9110, section 8.6).
        }

        encoder.Encode(output, lower, value.Trim(" \t"u8), isNeverIndexed);
    }
}
