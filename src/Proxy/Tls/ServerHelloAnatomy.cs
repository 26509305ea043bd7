using System.Buffers.Binary;

namespace MitmWeb.Proxy.Tls;

/// <summary>A ServerHello taken apart (RFC 8446, section 4.1.3; RFC 5246, section 7.4.1.3).</summary>
public sealed class ServerHelloAnatomy
{
    /// <summary>What a HelloRetryRequest has instead of random bytes (RFC 8446, section 4.1.3).</summary>
    private static ReadOnlySpan<byte> RetryRandom =>
    [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ];

    private ServerHelloAnatomy(ushort version, byte[] random, byte[] sessionId, ushort cipherSuite, TlsExtension[] extensions)
    {
        Random = random;
        SessionId = sessionId;
        CipherSuite = cipherSuite;
        Extensions = extensions;
        Version = Find(TlsExtensionType.SupportedVersions) is { Data.Length: 2 } chosen ? BinaryPrimitives.ReadUInt16BigEndian(chosen.Data.Span) : version;
        KeyShareGroup = Find(TlsExtensionType.KeyShare) is { Data.Length: >= 2 } share ? BinaryPrimitives.ReadUInt16BigEndian(share.Data.Span) : null;
    }

    /// <summary>The version that the server chose.</summary>
    public ushort Version { get; }

    public IReadOnlyList<byte> Random { get; }

    public IReadOnlyList<byte> SessionId { get; }

    /// <summary>The cipher suite that the server chose.</summary>
    public ushort CipherSuite { get; }

    public IReadOnlyList<TlsExtension> Extensions { get; }

    /// <summary>The group of the server's key share (TLS 1.3); in a retry request the one it wants; null when there is none.</summary>
    public ushort? KeyShareGroup { get; }

    /// <summary>Whether the server asks for another ClientHello (RFC 8446, section 4.1.4).</summary>
    public bool IsRetryRequest => ((byte[])Random).AsSpan().SequenceEqual(RetryRandom);

    /// <summary>Whether the server goes on with an earlier session by its key (TLS 1.3).</summary>
    public bool HasPreSharedKey => Find(TlsExtensionType.PreSharedKey) is not null;

    /// <summary>Takes a hello apart.</summary>
    /// <param name="message">The handshake message, its four bytes of type and length included; what follows it is passed over.</param>
    /// <returns>Null when it is no ServerHello.</returns>
    public static ServerHelloAnatomy? Read(ReadOnlySpan<byte> message)
    {
        var outer = new TlsReader(message);
        if (!outer.TryByte(out var type) || type != TlsHandshakeType.ServerHello || !outer.TryVector24(out var body))
        {
            return null;
        }

        var reader = new TlsReader(body);
        return reader.TryUInt16(out var version) && reader.TryTake(32, out var random) && reader.TryVector8(out var sessionId)
            && reader.TryUInt16(out var suite) && reader.TryByte(out _) && ClientHelloAnatomy.ReadExtensions(reader.Rest) is { } extensions
            ? new ServerHelloAnatomy(version, random.ToArray(), sessionId.ToArray(), suite, extensions)
            : null;
    }

    /// <summary>The first extension of a type, or null.</summary>
    public TlsExtension? Find(ushort type) => Extensions.FirstOrDefault(extension => extension.Type == type);
}
