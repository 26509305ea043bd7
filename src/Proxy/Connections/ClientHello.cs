using System.Buffers.Binary;
using System.Text;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Connections;

/// <summary>What a TLS client says first (RFC 8446, section 4.1.2), as far as the proxy needs it to answer.</summary>
/// <param name="ServerName">The name asked for (RFC 6066, section 3), or null.</param>
/// <param name="Alpn">The application protocols offered, in order (RFC 7301).</param>
/// <param name="Message">The whole handshake message as it was sent, without the records around it.</param>
internal sealed record ClientHello(string? ServerName, IReadOnlyList<string> Alpn, byte[] Message)
{
    /// <summary>The longest hello that is waited for: post-quantum key shares make them a few KiB; 64 KiB is far beyond any.</summary>
    public const int MaxLength = 64 * 1024;

    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;

    /// <summary>What it tells of the connection, before anything is agreed on.</summary>
    public TlsDetails Describe() => new() { Sni = ServerName, AlpnOffered = Alpn, ClientHello = Message };

    /// <summary>Whether these are the first bytes of a TLS record that holds a handshake.</summary>
    public static bool IsTls(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 0 && bytes[0] == HandshakeRecord && (bytes.Length < 2 || bytes[1] == 3);

    /// <summary>Reads a ClientHello from the start of a connection's bytes; it may span several records.</summary>
    public static ClientHelloResult Read(ReadOnlySpan<byte> bytes, out ClientHello? hello)
    {
        hello = null;
        var message = new byte[Math.Min(bytes.Length, MaxLength)];
        var length = 0;

        // 1. Joins the records' contents until the handshake message is whole.
        while (true)
        {
            if (length >= 4)
            {
                if (message[0] != ClientHelloMessage)
                {
                    return ClientHelloResult.NotTls;
                }

                var needed = 4 + ((message[1] << 16) | (message[2] << 8) | message[3]);
                if (needed > MaxLength)
                {
                    return ClientHelloResult.NotTls;
                }

                if (length >= needed)
                {
                    return Parse(message.AsSpan(0, needed), out hello) ? ClientHelloResult.Complete : ClientHelloResult.NotTls;
                }
            }

            if (bytes.Length < 5)
            {
                return IsTls(bytes) || bytes.IsEmpty ? ClientHelloResult.Incomplete : ClientHelloResult.NotTls;
            }

            var recordLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            if (!IsTls(bytes) || recordLength == 0 || recordLength > (16 * 1024) + 256)
            {
                return ClientHelloResult.NotTls;
            }

            var content = bytes[5..];
            var available = Math.Min(content.Length, recordLength);

            // What comes after the hello is of no interest, and may be more than there is room for.
            var taken = Math.Min(available, message.Length - length);
            content[..taken].CopyTo(message.AsSpan(length));
            length += taken;
            bytes = content[available..];
            if (available < recordLength && (length < 4 || length < 4 + ((message[1] << 16) | (message[2] << 8) | message[3])))
            {
                return length >= 1 && message[0] != ClientHelloMessage ? ClientHelloResult.NotTls : ClientHelloResult.Incomplete;
            }
        }
    }

    private static bool Parse(ReadOnlySpan<byte> message, out ClientHello? hello)
    {
        hello = null;
        var body = message[4..];
        string? serverName = null;
        var alpn = new List<string>();

        // legacy_version, random, then three vectors with lengths of one, two and one bytes.
        if (body.Length < 34)
        {
            return false;
        }

        body = body[34..];
        if (!TakeVector8(ref body, out _) || !TakeVector16(ref body, out _) || !TakeVector8(ref body, out _))
        {
            return false;
        }

        if (!body.IsEmpty)
        {
            if (!TakeVector16(ref body, out var extensions))
            {
                return false;
            }

            while (extensions.Length >= 4)
            {
                var type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
                extensions = extensions[2..];
                if (!TakeVector16(ref extensions, out var data))
                {
                    return false;
                }

                switch (type)
                {
                    case 0:
                        serverName = ReadServerName(data) ?? serverName;
                        break;
                    case 16:
                        ReadAlpn(data, alpn);
                        break;
                }
            }
        }

        hello = new ClientHello(serverName, alpn, message.ToArray());
        return true;
    }

    private static string? ReadServerName(ReadOnlySpan<byte> data)
    {
        if (!TakeVector16(ref data, out var list))
        {
            return null;
        }

        while (list.Length >= 3)
        {
            var type = list[0];
            list = list[1..];
            if (!TakeVector16(ref list, out var name))
            {
                return null;
            }

            if (type == 0 && name.Length > 0)
            {
                return Encoding.Latin1.GetString(name);
            }
        }

        return null;
    }

    private static void ReadAlpn(ReadOnlySpan<byte> data, List<string> alpn)
    {
        if (!TakeVector16(ref data, out var list))
        {
            return;
        }

        while (TakeVector8(ref list, out var protocol))
        {
            alpn.Add(Encoding.Latin1.GetString(protocol));
        }
    }

    private static bool TakeVector8(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        if (bytes.IsEmpty || bytes.Length < 1 + bytes[0])
        {
            return false;
        }

        vector = bytes.Slice(1, bytes[0]);
        bytes = bytes[(1 + vector.Length)..];
        return true;
    }

    private static bool TakeVector16(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length < 2 + length)
        {
            return false;
        }

        vector = bytes.Slice(2, length);
        bytes = bytes[(2 + length)..];
        return true;
    }
}
