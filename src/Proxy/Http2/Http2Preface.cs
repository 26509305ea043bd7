namespace MitmWeb.Proxy.Http2;

/// <summary>What a client's HTTP/2 connection begins with (RFC 9113, section 3.4).</summary>
internal static class Http2Preface
{
    public static ReadOnlySpan<byte> Bytes => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;
}
