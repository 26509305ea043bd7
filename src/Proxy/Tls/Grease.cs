namespace MitmWeb.Proxy.Tls;

/// <summary>Values that clients send so that servers get used to unknown ones (RFC 8701). They are random and mean nothing.</summary>
public static class Grease
{
    /// <summary>Whether a code of two bytes is one: <c>0x0A0A</c>, <c>0x1A1A</c> … <c>0xFAFA</c>.</summary>
    public static bool Is(ushort code) => (code & 0x0F0F) == 0x0A0A && code >> 8 == (code & 0xFF);

    /// <summary>Whether a code of one byte is one: <c>0x0B</c>, <c>0x2A</c> … <c>0xE4</c> (RFC 8701, section 2).</summary>
    public static bool IsPskMode(byte code) => code % 0x1F == 0x0B;
}
