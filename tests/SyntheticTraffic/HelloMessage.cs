using System.Buffers.Binary;

namespace MitmWeb.SyntheticTraffic;

/// <summary>A ClientHello (RFC 8446, section 4.1.2) with the extensions that tell clients apart.</summary>
internal static class HelloMessage
{
    /// <param name="dice">For what is random in it.</param>
    /// <param name="kind">Each kind offers other cipher suites, so that its fingerprint is another.</param>
    public static byte[] Make(Dice dice, int kind)
    {
        var body = new MemoryStream();
        body.Write([0x03, 0x03]);
        body.Write(dice.Bytes(32));
        body.WriteByte(32);
        body.Write(dice.Bytes(32));
        ushort[] suites = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8];
        Block(body, suites.Skip(kind % 3).Take(suites.Length - kind).SelectMany(suite => new[] { (byte)(suite >> 8), (byte)suite }).ToArray());
        body.Write([1, 0]);

        var extensions = new MemoryStream();
        Extension(extensions, 10, [0, 6, 0x00, 0x1d, 0x00, 0x17, 0x00, 0x18]);
        Extension(extensions, 11, [1, 0]);
        Extension(extensions, 16, [0, 12, 2, (byte)'h', (byte)'2', 8, .. "http/1.1"u8]);
        Extension(extensions, 13, [0, 6, 0x04, 0x03, 0x08, 0x04, 0x04, 0x01]);
        Extension(extensions, 43, [4, 0x03, 0x04, 0x03, 0x03]);
        Extension(extensions, 51, [0, 36, 0x00, 0x1d, 0, 32, .. dice.Bytes(32)]);
        Block(body, extensions.ToArray());

        var message = new byte[body.Length + 4];
        message[0] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)body.Length);
        body.ToArray().CopyTo(message.AsSpan(4));
        return message;
    }

    private static void Extension(MemoryStream extensions, byte type, byte[] data)
    {
        extensions.Write([0, type]);
        Block(extensions, data);
    }

    private static void Block(MemoryStream stream, byte[] data)
    {
        stream.Write([(byte)(data.Length >> 8), (byte)data.Length]);
        stream.Write(data);
    }
}
