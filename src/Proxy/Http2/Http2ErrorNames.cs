using System.Globalization;

namespace MitmWeb.Proxy.Http2;

/// <summary>The names of HTTP/2's error codes (RFC 9113, section 7).</summary>
internal static class Http2ErrorNames
{
    private static readonly string[] Names =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
        "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    public static string Of(Http2ErrorCode code) => (uint)code < Names.Length ? Names[(uint)code] : "unknown";

    /// <summary>Number and name, as people look for them: <c>8: CANCEL</c>.</summary>
    public static string Describe(Http2ErrorCode code) => string.Create(CultureInfo.InvariantCulture, $"{(uint)code}: {Of(code)}");
}
