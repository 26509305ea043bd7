namespace MitmWeb.Proxy.Filters;

/// <summary>What filters look at of a connection; texts are null where there are none.</summary>
public sealed record FilterConnection(long Id, string? TlsVersion, string? Cipher, string? Alpn, string? Sni, string? Ja3, string? Ja4);
