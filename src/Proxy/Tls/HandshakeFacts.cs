using System.Globalization;
using System.Numerics;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Tls;

/// <summary>What the bytes of a handshake tell. What stands in encrypted messages is not known and stays null.</summary>
internal sealed record HandshakeFacts
{
    /// <summary>The client's first hello as a handshake message.</summary>
    public byte[]? ClientHello { get; private init; }

    /// <summary>The server's hello as a handshake message; the last one when it asked for a second hello of the client.</summary>
    public byte[]? ServerHello { get; private init; }

    /// <summary>See <see cref="TlsDetails.KeyExchangeGroup"/>.</summary>
    public string? Group { get; private init; }

    /// <summary>See <see cref="TlsDetails.Resumed"/>.</summary>
    public bool? Resumed { get; private init; }

    /// <summary>See <see cref="TlsDetails.HelloRetried"/>.</summary>
    public bool HelloRetried { get; private init; }

    /// <summary>The certificates in the order in which they were sent (DER); empty in TLS 1.3, which encrypts them.</summary>
    public IReadOnlyList<byte[]> Certificates { get; private init; } = [];

    /// <summary>The OCSP response that the server stapled (RFC 6066, section 8; DER), or null.</summary>
    public byte[]? OcspStaple { get; private init; }

    /// <summary>Whether the server asked for a client certificate (RFC 5246, section 7.4.4); false in TLS 1.3, which encrypts that.</summary>
    public bool WantsClientCertificate { get; private init; }

    /// <summary>See <see cref="TlsDetails.ClientAlert"/>.</summary>
    public string? ClientAlert { get; private init; }

    /// <summary>See <see cref="TlsDetails.ServerAlert"/>.</summary>
    public string? ServerAlert { get; private init; }

    /// <summary>Reads the records of both directions; they may be cut off anywhere and hold anything.</summary>
    public static HandshakeFacts Read(ReadOnlySpan<byte> fromClient, ReadOnlySpan<byte> fromServer)
    {
        var client = HandshakeFlight.Read(fromClient);
        var server = HandshakeFlight.Read(fromServer);
        var clientHello = client.Find(TlsHandshakeType.ClientHello);
        var hellos = server.Messages.Where(message => message.Type == TlsHandshakeType.ServerHello).Select(message => message.Message).ToArray();
        var facts = new HandshakeFacts
        {
            ClientHello = clientHello,
            ServerHello = hellos.LastOrDefault(),
            ClientAlert = client.Alert is { } fromHere ? TlsRegistry.Alert(fromHere) : null,
            ServerAlert = server.Alert is { } fromThere ? TlsRegistry.Alert(fromThere) : null,
        };
        if (hellos.Length == 0 || ServerHelloAnatomy.Read(hellos[^1]) is not { } hello)
        {
            return facts;
        }

        var retried = ServerHelloAnatomy.Read(hellos[0]) is { IsRetryRequest: true };
        if (hello.Version >= 0x0304)
        {
            // After this hello everything is encrypted.
            return facts with
            {
                HelloRetried = retried,
                Group = hello.KeyShareGroup is { } group ? TlsRegistry.Group(group) : null,
                Resumed = hello.IsRetryRequest ? null : hello.HasPreSharedKey,
            };
        }

        return facts with
        {
            Group = GroupOf(hello, server.Find(TlsHandshakeType.ServerKeyExchange)),
            Resumed = IsResumed(hello, server),
            Certificates = CertificatesOf(server.Find(TlsHandshakeType.Certificate)),
            WantsClientCertificate = server.Find(TlsHandshakeType.CertificateRequest) is not null,
            OcspStaple = StapleOf(server.Find(TlsHandshakeType.CertificateStatus)),
        };
    }

    /// <summary>Adds what is known from here to what the platform tells.</summary>
    public TlsDetails AddTo(TlsDetails details) => details with
    {
        ClientHello = ClientHello ?? details.ClientHello,
        ServerHello = ServerHello,
        KeyExchangeGroup = Group,
        Resumed = Resumed,
        HelloRetried = HelloRetried,
        OcspStaple = OcspStaple,
        ClientAlert = ClientAlert,
        ServerAlert = ServerAlert,
        Certificates = details.Certificates.Count > 0 ? details.Certificates : Certificates,
    };

    /// <summary>A server that takes a session up again sends neither its certificate nor a key (RFC 5246, section 7.3).</summary>
    private static bool? IsResumed(ServerHelloAnatomy hello, HandshakeFlight server)
    {
        if (server.Messages.Any(message => message.Type is not (TlsHandshakeType.ServerHello or TlsHandshakeType.NewSessionTicket)))
        {
            return false;
        }

        return server.IsEncrypted && hello.Version >= 0x0300 ? true : null;
    }

    /// <summary>The group of a key exchange before TLS 1.3 (RFC 8422, section 5.4; RFC 5246, section 7.4.3).</summary>
    private static string? GroupOf(ServerHelloAnatomy hello, byte[]? keyExchange)
    {
        if (keyExchange is null)
        {
            return null;
        }

        var body = new TlsReader(keyExchange.AsSpan(4));
        var suite = TlsRegistry.CipherSuite(hello.CipherSuite);
        if (suite.Contains("_ECDH", StringComparison.Ordinal))
        {
            return body.TryByte(out var kind) && kind == 3 && body.TryUInt16(out var group) ? TlsRegistry.Group(group) : null;
        }

        return suite.Contains("_DH", StringComparison.Ordinal) && body.TryVector16(out var prime)
            ? string.Create(CultureInfo.InvariantCulture, $"DH {BitLength(prime)} bits")
            : null;
    }

    private static long BitLength(ReadOnlySpan<byte> number) => (long)new BigInteger(number, isUnsigned: true, isBigEndian: true).GetBitLength();

    private static List<byte[]> CertificatesOf(byte[]? message)
    {
        var certificates = new List<byte[]>();
        if (message is null || !new TlsReader(message.AsSpan(4)).TryVector24(out var list))
        {
            return certificates;
        }

        var reader = new TlsReader(list);
        while (reader.TryVector24(out var certificate))
        {
            certificates.Add(certificate.ToArray());
        }

        return certificates;
    }

    private static byte[]? StapleOf(byte[]? message)
    {
        if (message is null)
        {
            return null;
        }

        var reader = new TlsReader(message.AsSpan(4));
        return reader.TryByte(out var type) && type == 1 && reader.TryVector24(out var response) && response.Length > 0 ? response.ToArray() : null;
    }
}
