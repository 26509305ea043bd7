using System.Text;

namespace MitmWeb.Proxy.Http;

/// <summary>Gives the same string object for words that stand in nearly every head, so that parsing allocates little.</summary>
internal static class WellKnown
{
    public static string Method(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when bytes.SequenceEqual("GET"u8) => "GET",
        _ when bytes.SequenceEqual("POST"u8) => "POST",
        _ when bytes.SequenceEqual("PUT"u8) => "PUT",
        _ when bytes.SequenceEqual("HEAD"u8) => "HEAD",
        _ when bytes.SequenceEqual("DELETE"u8) => "DELETE",
        _ when bytes.SequenceEqual("OPTIONS"u8) => "OPTIONS",
        _ when bytes.SequenceEqual("CONNECT"u8) => "CONNECT",
        _ => Encoding.Latin1.GetString(bytes),
    };

    public static string Version(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when bytes.SequenceEqual("HTTP/1.1"u8) => "HTTP/1.1",
        _ when bytes.SequenceEqual("HTTP/1.0"u8) => "HTTP/1.0",
        _ when bytes.SequenceEqual("HTTP/2"u8) => "HTTP/2",
        _ => Encoding.Latin1.GetString(bytes),
    };

    public static string Reason(ReadOnlySpan<byte> bytes) =>
        bytes.SequenceEqual("OK"u8) ? "OK" : Encoding.Latin1.GetString(bytes);
}
