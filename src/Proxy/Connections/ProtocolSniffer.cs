namespace MitmWeb.Proxy.Connections;

/// <summary>Tells protocols apart by a connection's first bytes. A pure function.</summary>
internal static class ProtocolSniffer
{
    /// <summary>The longest first line that is waited for before the bytes are taken for no HTTP.</summary>
    private const int MaxFirstLine = 64 * 1024;

    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static Protocol Detect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Protocol.NeedMore;
        }

        if (ClientHello.IsTls(bytes))
        {
            return bytes.Length < 2 ? Protocol.NeedMore : Protocol.Tls;
        }

        var prefix = Math.Min(bytes.Length, Http2Preface.Length);
        if (bytes[..prefix].SequenceEqual(Http2Preface[..prefix]))
        {
            return prefix < Http2Preface.Length ? Protocol.NeedMore : Protocol.Http2;
        }

        // HTTP/1: METHOD SP target SP HTTP/1.x, perhaps after empty lines.
        var line = bytes.TrimStart("\r\n"u8);
        var end = line.IndexOf((byte)'\n');
        var whole = end >= 0;
        line = (whole ? line[..end] : line).TrimEnd((byte)'\r');
        var space = line.IndexOf((byte)' ');
        var method = space < 0 ? line : line[..space];
        if (method.ContainsAnyExcept(MethodCharacters) || (method.IsEmpty && !line.IsEmpty))
        {
            return Protocol.Unknown;
        }

        if (!whole)
        {
            return bytes.Length > MaxFirstLine ? Protocol.Unknown : Protocol.NeedMore;
        }

        var lastSpace = line.LastIndexOf((byte)' ');
        return lastSpace > space && line[(lastSpace + 1)..].StartsWith("HTTP/1."u8) ? Protocol.Http1 : Protocol.Unknown;
    }

    private static readonly System.Buffers.SearchValues<byte> MethodCharacters =
        System.Buffers.SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);
}
