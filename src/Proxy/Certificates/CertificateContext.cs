using System.Collections.ObjectModel;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>Makes a certificate of ours ready for a server's side of TLS.</summary>
internal static class CertificateContext
{
    private static bool _buildsChain = !OperatingSystem.IsLinux();

    /// <summary>
    /// The context of a certificate. .NET's own method finds what is to be sent along by building a chain, with all roots of the system put into a
    /// store of OpenSSL for that, which is half of what a new leaf costs (0.37 of 0.75 ms). With nothing to send along its constructor is called
    /// instead, where it is the one known here.
    /// </summary>
    /// <param name="certificate">The certificate with its key.</param>
    /// <param name="issuers">What may be between it and the root.</param>
    public static SslStreamCertificateContext Create(X509Certificate2 certificate, X509Certificate2Collection issuers)
    {
        if (!_buildsChain && issuers.Count == 0)
        {
            try
            {
                return New(certificate, ReadOnlyCollection<X509Certificate2>.Empty, null);
            }
            catch (MissingMethodException)
            {
                // Another version of .NET: it takes longer and comes to the same.
                _buildsChain = true;
            }
        }

        return SslStreamCertificateContext.Create(certificate, issuers, offline: true);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SslStreamCertificateContext New(X509Certificate2 certificate, ReadOnlyCollection<X509Certificate2> issuers, SslCertificateTrust? trust);
}
