using MitmWeb.Proxy.Audit;

namespace MitmWeb.Web.Api;

/// <summary>A TLS version together with a cipher suite, as it was agreed on.</summary>
/// <param name="Version">The version: <c>TLS 1.3</c>.</param>
/// <param name="CipherSuite">The suite's IANA name.</param>
/// <param name="ForwardSecrecy">Whether recorded traffic stays secret when the server's key leaks later.</param>
/// <param name="Flows">How many flows went over such connections.</param>
/// <param name="FirstFlow">The first of them.</param>
public sealed record TlsUseDto(string Version, string CipherSuite, bool ForwardSecrecy, long Flows, long FirstFlow)
{
    internal static TlsUseDto From(TlsUse use) => new(use.Version, use.CipherSuite, use.ForwardSecrecy, use.Flows, use.FirstFlow);
}
