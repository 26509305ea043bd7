namespace MitmWeb.Proxy.Upstream;

/// <summary>The names of HTTP/2's error codes (RFC 9113, section 7).</summary>
internal static class Http2ErrorNames
{
    private static readonly string[] Names =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
        "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    public static string Of(long code) => code >= 0 && code < Names.Length ? Names[code] : "unknown";
}
