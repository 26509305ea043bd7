namespace MitmWeb.Proxy.Audit;

/// <summary>A TLS version together with a cipher suite, as it was agreed on.</summary>
/// <param name="Version">The version: <c>TLS 1.3</c>.</param>
/// <param name="CipherSuite">The suite's IANA name.</param>
/// <param name="ForwardSecrecy">Whether recorded traffic stays secret when the server's key leaks later.</param>
/// <param name="Flows">How many flows went over such connections.</param>
/// <param name="FirstFlow">The first of them.</param>
public sealed record TlsUse(string Version, string CipherSuite, bool ForwardSecrecy, long Flows, long FirstFlow);
