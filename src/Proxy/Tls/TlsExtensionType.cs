namespace MitmWeb.Proxy.Tls;

/// <summary>The numbers of the extensions that are read here (https://www.iana.org/assignments/tls-extensiontype-values).</summary>
internal static class TlsExtensionType
{
    public const ushort ServerName = 0;
    public const ushort MaxFragmentLength = 1;
    public const ushort StatusRequest = 5;
    public const ushort SupportedGroups = 10;
    public const ushort PointFormats = 11;
    public const ushort SignatureAlgorithms = 13;
    public const ushort Alpn = 16;
    public const ushort Padding = 21;
    public const ushort CompressCertificate = 27;
    public const ushort RecordSizeLimit = 28;
    public const ushort DelegatedCredentials = 34;
    public const ushort SessionTicket = 35;
    public const ushort PreSharedKey = 41;
    public const ushort SupportedVersions = 43;
    public const ushort Cookie = 44;
    public const ushort PskKeyExchangeModes = 45;
    public const ushort SignatureAlgorithmsCert = 50;
    public const ushort KeyShare = 51;
    public const ushort OldApplicationSettings = 17513;
    public const ushort ApplicationSettings = 17613;
    public const ushort EncryptedClientHello = 65037;
    public const ushort RenegotiationInfo = 65281;
}
