using System.Text;

namespace MitmWeb.Proxy.Tls;

/// <summary>A ClientHello taken apart (RFC 8446, section 4.1.2). It is read when somebody looks, not while traffic waits.</summary>
public sealed class ClientHelloAnatomy
{
    private ClientHelloAnatomy(ushort legacyVersion, byte[] random, byte[] sessionId, ushort[] cipherSuites, byte[] compressionMethods, TlsExtension[] extensions)
    {
        LegacyVersion = legacyVersion;
        Random = random;
        SessionId = sessionId;
        CipherSuites = cipherSuites;
        CompressionMethods = compressionMethods;
        Extensions = extensions;
        SupportedVersions = Vector8Codes(TlsExtensionType.SupportedVersions);
        Groups = Vector16Codes(TlsExtensionType.SupportedGroups);
        SignatureAlgorithms = Vector16Codes(TlsExtensionType.SignatureAlgorithms);
        PointFormats = Find(TlsExtensionType.PointFormats) is { } formats && new TlsReader(formats.Data.Span).TryVector8(out var list) ? list.ToArray() : [];
        Alpn = AlpnOf(Find(TlsExtensionType.Alpn));
    }

    /// <summary>The version in the message itself: TLS 1.2 also for TLS 1.3, whose version is among <see cref="SupportedVersions"/>.</summary>
    public ushort LegacyVersion { get; }

    public IReadOnlyList<byte> Random { get; }

    public IReadOnlyList<byte> SessionId { get; }

    /// <summary>The cipher suites in the client's order, GREASE and signalling values among them.</summary>
    public IReadOnlyList<ushort> CipherSuites { get; }

    public IReadOnlyList<byte> CompressionMethods { get; }

    /// <summary>The extensions in the order in which they were sent.</summary>
    public IReadOnlyList<TlsExtension> Extensions { get; }

    public IReadOnlyList<ushort> SupportedVersions { get; }

    /// <summary>The groups for the key exchange, once called curves (RFC 8446, section 4.2.7).</summary>
    public IReadOnlyList<ushort> Groups { get; }

    public IReadOnlyList<ushort> SignatureAlgorithms { get; }

    public IReadOnlyList<byte> PointFormats { get; }

    /// <summary>The application protocols offered, as bytes: they need not be text (RFC 7301, section 3.1).</summary>
    public IReadOnlyList<byte[]> Alpn { get; }

    /// <summary>The server name (RFC 6066, section 3); null when there is none.</summary>
    public string? ServerName => Find(TlsExtensionType.ServerName) is { } extension ? ServerNameOf(extension.Data.Span) : null;

    /// <summary>Takes a hello apart.</summary>
    /// <param name="message">The handshake message, its four bytes of type and length included; what follows it is passed over.</param>
    /// <returns>Null when it is no ClientHello.</returns>
    public static ClientHelloAnatomy? Read(ReadOnlySpan<byte> message)
    {
        var outer = new TlsReader(message);
        if (!outer.TryByte(out var type) || type != TlsHandshakeType.ClientHello || !outer.TryVector24(out var body))
        {
            return null;
        }

        var reader = new TlsReader(body);
        if (!reader.TryUInt16(out var version) || !reader.TryTake(32, out var random) || !reader.TryVector8(out var sessionId)
            || !reader.TryVector16(out var suites) || !reader.TryVector8(out var compression) || ReadExtensions(reader.Rest) is not { } extensions)
        {
            return null;
        }

        return new ClientHelloAnatomy(version, random.ToArray(), sessionId.ToArray(), TlsReader.Codes(suites), compression.ToArray(), extensions);
    }

    /// <summary>The first extension of a type, or null.</summary>
    public TlsExtension? Find(ushort type) => Extensions.FirstOrDefault(extension => extension.Type == type);

    /// <summary>The list of extensions at the end of a hello; TLS 1.2 and older may leave it out.</summary>
    internal static TlsExtension[]? ReadExtensions(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        var extensions = new List<TlsExtension>();
        if (!new TlsReader(bytes).TryVector16(out var list))
        {
            return null;
        }

        var reader = new TlsReader(list);
        while (!reader.IsEmpty)
        {
            if (!reader.TryUInt16(out var type) || !reader.TryVector16(out var data))
            {
                return null;
            }

            extensions.Add(new TlsExtension(type, data.ToArray()));
        }

        return [.. extensions];
    }

    internal static string? ServerNameOf(ReadOnlySpan<byte> data)
    {
        if (!new TlsReader(data).TryVector16(out var list))
        {
            return null;
        }

        var reader = new TlsReader(list);
        while (reader.TryByte(out var type) && reader.TryVector16(out var name))
        {
            if (type == 0 && name.Length > 0)
            {
                return Encoding.Latin1.GetString(name);
            }
        }

        return null;
    }

    internal static byte[][] AlpnOf(TlsExtension? extension)
    {
        if (extension is null || !new TlsReader(extension.Data.Span).TryVector16(out var list))
        {
            return [];
        }

        var protocols = new List<byte[]>();
        var reader = new TlsReader(list);
        while (reader.TryVector8(out var protocol))
        {
            protocols.Add(protocol.ToArray());
        }

        return [.. protocols];
    }

    private ushort[] Vector8Codes(ushort type) =>
        Find(type) is { } extension && new TlsReader(extension.Data.Span).TryVector8(out var list) ? TlsReader.Codes(list) : [];

    private ushort[] Vector16Codes(ushort type) =>
        Find(type) is { } extension && new TlsReader(extension.Data.Span).TryVector16(out var list) ? TlsReader.Codes(list) : [];
}
