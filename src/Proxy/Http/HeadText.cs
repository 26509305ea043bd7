using System.Text;

namespace MitmWeb.Proxy.Http;

/// <summary>Text as head bytes: Latin-1 where it fits, so that what was read is written back byte for byte, else UTF-8.</summary>
internal static class HeadText
{
    public static void Write(MemoryStream buffer, string text) => buffer.Write(Encode(text));

    public static byte[] Encode(string text)
    {
        foreach (var c in text)
        {
            if (c > '\u00ff')
            {
                return Encoding.UTF8.GetBytes(text);
            }
        }

        return Encoding.Latin1.GetBytes(text);
    }
}
