using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MitmWeb.Proxy.Tls;

/// <summary>Puts what extensions hold into names. What cannot be read gives no values: its bytes are shown then.</summary>
public static class TlsExtensionText
{
    /// <summary>The values of an extension of a ClientHello.</summary>
    public static IReadOnlyList<TlsValue> OfClient(TlsExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        var data = extension.Data.Span;
        var reader = new TlsReader(data);
        switch (extension.Type)
        {
            case TlsExtensionType.ServerName:
                return ClientHelloAnatomy.ServerNameOf(data) is { } name ? [Text(name)] : [];
            case TlsExtensionType.SupportedGroups:
                return reader.TryVector16(out var groups) ? Codes(groups, TlsRegistry.Group) : [];
            case TlsExtensionType.SignatureAlgorithms or TlsExtensionType.SignatureAlgorithmsCert or TlsExtensionType.DelegatedCredentials:
                return reader.TryVector16(out var schemes) ? Codes(schemes, TlsRegistry.SignatureScheme) : [];
            case TlsExtensionType.SupportedVersions:
                return reader.TryVector8(out var versions) ? Codes(versions, TlsRegistry.Version) : [];
            case TlsExtensionType.PointFormats:
                return reader.TryVector8(out var formats) ? Bytes(formats, TlsRegistry.PointFormat) : [];
            case TlsExtensionType.PskKeyExchangeModes:
                return reader.TryVector8(out var modes) ? Bytes(modes, TlsRegistry.PskMode) : [];
            case TlsExtensionType.CompressCertificate:
                return reader.TryVector8(out var algorithms) ? Codes(algorithms, TlsRegistry.CertificateCompression) : [];
            case TlsExtensionType.Alpn or TlsExtensionType.ApplicationSettings or TlsExtensionType.OldApplicationSettings:
                return [.. ClientHelloAnatomy.AlpnOf(extension).Select(protocol => Protocol(protocol))];
            case TlsExtensionType.KeyShare:
                return KeyShares(data);
            case TlsExtensionType.StatusRequest:
                return reader.TryByte(out var kind) ? [kind == 1 ? Text("OCSP") : Byte(kind, code => $"type {code}")] : [];
            case TlsExtensionType.SessionTicket:
                return [Text(data.IsEmpty ? "no ticket; asks for one" : $"a ticket of {Size(data.Length)}")];
            case TlsExtensionType.PreSharedKey:
                return PreSharedKeys(data);
            case TlsExtensionType.Padding:
                return [Text($"{Size(data.Length)} of padding")];
            case TlsExtensionType.EncryptedClientHello:
                return EncryptedHello(data);
            case TlsExtensionType.RenegotiationInfo:
                return reader.TryVector8(out var verify) ? [Text(verify.IsEmpty ? "first handshake" : $"{Size(verify.Length)} of an earlier handshake")] : [];
            default:
                return OfBoth(extension);
        }
    }

    /// <summary>The values of an extension of a ServerHello or of a retry request.</summary>
    public static IReadOnlyList<TlsValue> OfServer(TlsExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        var reader = new TlsReader(extension.Data.Span);
        switch (extension.Type)
        {
            case TlsExtensionType.SupportedVersions:
                return reader.TryUInt16(out var version) ? [Code(version, TlsRegistry.Version)] : [];
            case TlsExtensionType.KeyShare:
                return !reader.TryUInt16(out var group) ? []
                    : reader.TryVector16(out var key) ? [Code(group, TlsRegistry.Group, key.Length)]
                    : [Code(group, TlsRegistry.Group)];
            case TlsExtensionType.PreSharedKey:
                return reader.TryUInt16(out var index) ? [Text($"the client's key {index + 1}")] : [];
            case TlsExtensionType.PointFormats:
                return reader.TryVector8(out var formats) ? Bytes(formats, TlsRegistry.PointFormat) : [];
            case TlsExtensionType.Alpn or TlsExtensionType.ApplicationSettings or TlsExtensionType.OldApplicationSettings:
                return [.. ClientHelloAnatomy.AlpnOf(extension).Select(protocol => Protocol(protocol))];
            case TlsExtensionType.RenegotiationInfo:
                return [Text("secure renegotiation")];
            case TlsExtensionType.SessionTicket:
                return [Text("a ticket follows")];
            default:
                return OfBoth(extension);
        }
    }

    /// <summary>A two-byte code with its name.</summary>
    public static TlsValue Code(ushort code, Func<int, string> name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new TlsValue("0x" + code.ToString("X4", CultureInfo.InvariantCulture), name(code), Grease.Is(code));
    }

    /// <summary>A one-byte code with its name.</summary>
    public static TlsValue Byte(byte code, Func<int, string> name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new TlsValue("0x" + code.ToString("X2", CultureInfo.InvariantCulture), name(code));
    }

    /// <summary>An application protocol: text where it is printable, else hexadecimal.</summary>
    public static TlsValue Protocol(ReadOnlySpan<byte> protocol)
    {
        var printable = protocol.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0 && !protocol.IsEmpty;
        var isGrease = protocol.Length == 2 && Grease.Is(BinaryPrimitives.ReadUInt16BigEndian(protocol));
        return new TlsValue("", isGrease ? "GREASE" : printable ? Encoding.ASCII.GetString(protocol) : "0x" + Convert.ToHexString(protocol), isGrease);
    }

    private static IReadOnlyList<TlsValue> OfBoth(TlsExtension extension)
    {
        var data = extension.Data.Span;
        var reader = new TlsReader(data);
        switch (extension.Type)
        {
            case TlsExtensionType.MaxFragmentLength:
                return reader.TryByte(out var length) ? [Byte(length, code => code is >= 1 and <= 4 ? Size(256 << code) : "unknown")] : [];
            case TlsExtensionType.RecordSizeLimit:
                return reader.TryUInt16(out var limit) ? [Text(Size(limit))] : [];
            case TlsExtensionType.Cookie:
                return reader.TryVector16(out var cookie) ? [Text(Size(cookie.Length))] : [];
            default:
                return [];
        }
    }

    private static List<TlsValue> KeyShares(ReadOnlySpan<byte> data)
    {
        var values = new List<TlsValue>();
        if (new TlsReader(data).TryVector16(out var list))
        {
            var reader = new TlsReader(list);
            while (reader.TryUInt16(out var group) && reader.TryVector16(out var key))
            {
                values.Add(Code(group, TlsRegistry.Group, key.Length));
            }
        }

        return values;
    }

    private static List<TlsValue> PreSharedKeys(ReadOnlySpan<byte> data)
    {
        var values = new List<TlsValue>();
        if (new TlsReader(data).TryVector16(out var list))
        {
            var reader = new TlsReader(list);
            while (reader.TryVector16(out var identity) && reader.TryTake(4, out _))
            {
                values.Add(Text($"a ticket of {Size(identity.Length)}"));
            }
        }

        return values;
    }

    /// <summary>The real hello is inside, encrypted for the server (RFC 9849), or there is none and it is GREASE: which one cannot be told from outside.</summary>
    private static TlsValue[] EncryptedHello(ReadOnlySpan<byte> data)
    {
        var reader = new TlsReader(data);
        return reader.TryByte(out var kind) && kind == 0 && reader.TryTake(4, out _) && reader.TryByte(out _) && reader.TryVector16(out _) && reader.TryVector16(out var payload)
            ? [Text($"an encrypted hello of {Size(payload.Length)}, or a dummy (GREASE): they look the same")]
            : [];
    }

    private static TlsValue[] Codes(ReadOnlySpan<byte> list, Func<int, string> name) => [.. TlsReader.Codes(list).Select(code => Code(code, name))];

    private static TlsValue[] Bytes(ReadOnlySpan<byte> list, Func<int, string> name) => [.. list.ToArray().Select(code => Byte(code, name))];

    private static TlsValue Code(ushort code, Func<int, string> name, int keyLength) => Code(code, number => $"{name(number)} ({Size(keyLength)})");

    private static TlsValue Text(string text) => new("", text);

    private static string Size(int bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes} {(bytes == 1 ? "byte" : "bytes")}");
}
