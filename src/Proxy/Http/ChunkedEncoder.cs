using System.Globalization;
using System.Text;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Http;

/// <summary>Frames a body as chunks (RFC 9112, section 7.1), where it comes from a side that does not use them.</summary>
internal static class ChunkedEncoder
{
    public static async ValueTask WriteAsync(WireWriter writer, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (data.IsEmpty)
        {
            return; // A chunk of size 0 would end the body.
        }

        await writer.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{data.Length:x}\r\n")), cancellationToken);
        await writer.WriteAsync(data, cancellationToken);
        await writer.WriteAsync("\r\n"u8.ToArray(), cancellationToken);
    }

    public static async ValueTask EndAsync(WireWriter writer, HeaderList? trailers, CancellationToken cancellationToken)
    {
        var end = new MemoryStream();
        end.Write("0\r\n"u8);
        foreach (var field in trailers ?? HeaderList.Empty)
        {
            HeadText.WriteField(end, field);
        }

        end.Write("\r\n"u8);
        await writer.WriteAsync(end.ToArray(), cancellationToken);
    }
}
