using System.Security.Authentication;

namespace MitmWeb.Proxy.Connections;

/// <summary>Protocol versions in the field's words.</summary>
internal static class TlsNames
{
    public static string Version(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
#pragma warning disable CA5397, CS0618, SYSLIB0039 // Names of what a peer may still speak.
        SslProtocols.Tls11 => "TLS 1.1",
        SslProtocols.Tls => "TLS 1.0",
#pragma warning restore CA5397, CS0618, SYSLIB0039
        _ => protocol.ToString(),
    };
}
