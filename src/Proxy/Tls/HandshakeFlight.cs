using System.Buffers.Binary;

namespace MitmWeb.Proxy.Tls;

/// <summary>The handshake messages of one direction that were sent in clear, and the alert if one was.</summary>
internal sealed class HandshakeFlight
{
    private const byte ChangeCipherSpecRecord = 20;
    private const byte AlertRecord = 21;
    private const byte HandshakeRecord = 22;

    private readonly List<(byte Type, byte[] Message)> _messages = [];

    /// <summary>Each with its four bytes of type and length.</summary>
    public IReadOnlyList<(byte Type, byte[] Message)> Messages => _messages;

    /// <summary>Whether the sender has begun to encrypt.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>The number of the alert (RFC 8446, section 6), or null.</summary>
    public byte? Alert { get; private set; }

    /// <summary>Reads the records until they are encrypted, end, or are no TLS.</summary>
    public static HandshakeFlight Read(ReadOnlySpan<byte> records)
    {
        var flight = new HandshakeFlight();
        var handshake = new byte[records.Length];
        var (length, taken) = (0, 0);
        var reader = new TlsReader(records);
        while (reader.TryByte(out var type) && reader.TryUInt16(out var version) && version >> 8 == 3 && reader.TryUInt16(out var recordLength))
        {
            // The last record may be cut off by the limit on what is kept.
            if (!reader.TryTake(Math.Min(recordLength, reader.Rest.Length), out var content))
            {
                break;
            }

            switch (type)
            {
                case HandshakeRecord:
                    content.CopyTo(handshake.AsSpan(length));
                    length += content.Length;
                    flight.TakeMessages(handshake, ref taken, length);
                    continue;
                case AlertRecord:
                    // In clear it has two bytes; encrypted it is longer.
                    flight.Alert = recordLength == 2 && content.Length == 2 ? content[1] : null;
                    return flight;
                case ChangeCipherSpecRecord when flight.IsRetry():
                    // TLS 1.3 sends it for the sake of old boxes in between, also before a second hello in clear (RFC 8446, appendix D.4).
                    continue;
                default:
                    flight.IsEncrypted = true;
                    return flight;
            }
        }

        return flight;
    }

    /// <summary>The first message of a type, or null.</summary>
    public byte[]? Find(byte type) => _messages.Find(message => message.Type == type).Message;

    private bool IsRetry() => _messages is [.., (TlsHandshakeType.ServerHello, var hello)] && ServerHelloAnatomy.Read(hello) is { IsRetryRequest: true };

    private void TakeMessages(byte[] bytes, ref int taken, int length)
    {
        while (length - taken >= 4)
        {
            var size = 4 + (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(taken)) & 0xFFFFFF);
            if (length - taken < size)
            {
                return;
            }

            _messages.Add((bytes[taken], bytes[taken..(taken + size)]));
            taken += size;
        }
    }
}
