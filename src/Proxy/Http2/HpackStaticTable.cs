using System.Text;

namespace MitmWeb.Proxy.Http2;

/// <summary>HPACK's static table (RFC 7541, appendix A).</summary>
internal static class HpackStaticTable
{
    public const int Count = 61;

    private const int Slots = 256;

    private static readonly string[] Text =
    [
        ":authority", "", ":method", "GET", ":method", "POST", ":path", "/", ":path", "/index.html", ":scheme", "http", ":scheme", "https",
        ":status", "200", ":status", "204", ":status", "206", ":status", "304", ":status", "400", ":status", "404", ":status", "500",
        "accept-charset", "", "accept-encoding", "gzip, deflate", "accept-language", "", "accept-ranges", "", "accept", "",
        "access-control-allow-origin", "", "age", "", "allow", "", "authorization", "", "cache-control", "", "content-disposition", "",
        "content-encoding", "", "content-language", "", "content-length", "", "content-location", "", "content-range", "",
        "content-type", "", "cookie", "", "date", "", "etag", "", "expect", "", "expires", "", "from", "", "host", "", "if-match", "",
        "if-modified-since", "", "if-none-match", "", "if-range", "", "if-unmodified-since", "", "last-modified", "", "link", "",
        "location", "", "max-forwards", "", "proxy-authenticate", "", "proxy-authorization", "", "range", "", "referer", "", "refresh", "",
        "retry-after", "", "server", "", "set-cookie", "", "strict-transport-security", "", "transfer-encoding", "", "user-agent", "",
        "vary", "", "via", "", "www-authenticate", "",
    ];

    private static readonly byte[][] Names = [.. Text.Where(static (_, i) => i % 2 == 0).Select(Encoding.ASCII.GetBytes)];
    private static readonly byte[][] Values = [.. Text.Where(static (_, i) => i % 2 == 1).Select(Encoding.ASCII.GetBytes)];
    private static readonly byte[] Lookup = MakeLookup();

    /// <summary>The name at an index from 1 to <see cref="Count"/>.</summary>
    public static ReadOnlySpan<byte> Name(int index) => Names[index - 1];

    /// <summary>The value at an index from 1 to <see cref="Count"/>.</summary>
    public static ReadOnlySpan<byte> Value(int index) => Values[index - 1];

    /// <summary>The first entry of that name; 0 when there is none.</summary>
    public static int FindName(ReadOnlySpan<byte> name, uint hash)
    {
        for (var slot = hash % Slots; Lookup[slot] is var index and not 0; slot = (slot + 1) % Slots)
        {
            if (name.SequenceEqual(Names[index - 1]))
            {
                return index;
            }
        }

        return 0;
    }

    /// <summary>The entry of that name and value, where <paramref name="first"/> is the first of that name; 0 when there is none.</summary>
    public static int FindValue(int first, ReadOnlySpan<byte> value)
    {
        for (var index = first; index <= Count && Names[index - 1].AsSpan().SequenceEqual(Names[first - 1]); index++)
        {
            if (value.SequenceEqual(Values[index - 1]))
            {
                return index;
            }
        }

        return 0;
    }

    private static byte[] MakeLookup()
    {
        var lookup = new byte[Slots];
        for (var index = 1; index <= Count; index++)
        {
            var hash = HpackDynamicTable.Hash(Names[index - 1]);
            if (FindIn(lookup, index))
            {
                continue;
            }

            var slot = hash % Slots;
            while (lookup[slot] != 0)
            {
                slot = (slot + 1) % Slots;
            }

            lookup[slot] = (byte)index;
        }

        return lookup;
    }

    private static bool FindIn(byte[] lookup, int index) =>
        lookup.Any(other => other != 0 && Names[other - 1].AsSpan().SequenceEqual(Names[index - 1]));
}
