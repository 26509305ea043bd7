using System.Net.Security;

namespace MitmWeb.Proxy.Certificates;

/// <summary>With which certificate MitmWeb identifies itself to a server. Connections with different ones are never taken for each other.</summary>
/// <param name="File">Where it comes from.</param>
/// <param name="Context">The certificate with its key and chain; the same object as long as the file stays the same. Null when it cannot be used.</param>
/// <param name="Problem">Why it cannot be used, in a sentence; null when it can.</param>
internal sealed record ClientIdentity(string File, SslStreamCertificateContext? Context, string? Problem = null);
