using System.Buffers.Text;

namespace MitmWeb.Proxy.Storage;

/// <summary>A flow's address as one text.</summary>
internal static class FlowUrl
{
    /// <summary>The most bytes that an address has besides its scheme, host and path.</summary>
    public const int MaxRest = 32;

    public static string Write(string scheme, string host, int port, string path)
    {
        var usual = (port == 443 && scheme is "https" or "wss") || (port == 80 && scheme is "http" or "ws");
        return (host.Contains(':', StringComparison.Ordinal), usual) switch
        {
            (false, true) => $"{scheme}://{host}{path}",
            (false, false) => $"{scheme}://{host}:{port}{path}",
            (true, true) => $"{scheme}://[{host}]{path}",
            (true, false) => $"{scheme}://[{host}]:{port}{path}",
        };
    }

    /// <summary>The same in UTF-8.</summary>
    /// <param name="buffer">Where to; <see cref="MaxRest"/> longer than scheme, host and path together.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="host">The host without brackets.</param>
    /// <param name="port">The port.</param>
    /// <param name="path">Path and query.</param>
    /// <returns>How many bytes it has.</returns>
    public static int Write(Span<byte> buffer, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> host, long port, ReadOnlySpan<byte> path)
    {
        var length = Append(buffer, 0, scheme);
        length = Append(buffer, length, "://"u8);
        var brackets = host.Contains((byte)':');
        length = brackets ? Append(buffer, length, "["u8) : length;
        length = Append(buffer, length, host);
        length = brackets ? Append(buffer, length, "]"u8) : length;
        var usual = port switch
        {
            443 => scheme.SequenceEqual("https"u8) || scheme.SequenceEqual("wss"u8),
            80 => scheme.SequenceEqual("http"u8) || scheme.SequenceEqual("ws"u8),
            _ => false,
        };
        if (!usual)
        {
            length = Append(buffer, length, ":"u8);
            Utf8Formatter.TryFormat(port, buffer[length..], out var digits);
            length += digits;
        }

        return Append(buffer, length, path);
    }

    private static int Append(Span<byte> buffer, int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(buffer[length..]);
        return length + part.Length;
    }
}
