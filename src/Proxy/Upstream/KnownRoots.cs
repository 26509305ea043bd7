using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// The few of the system's roots by which servers' certificates were found trusted just now. On Linux .NET puts all of the system's roots, some hundred
/// and forty, into a new store of OpenSSL for each chain that it builds, which takes 0.4 ms; so a chain is tried with these first. One that they do not lead
/// to trust is checked with all roots: what is said of a certificate is the same.
/// </summary>
internal sealed class KnownRoots(TimeProvider time)
{
    private const int Most = 32;

    /// <summary>Roots are forgotten after so long: one that the system no longer trusts is not trusted here for longer.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private X509Certificate2[] _roots = [];
    private long _since;

    /// <summary>Tells a chain that is to be built to try the known roots.</summary>
    public void AddTo(X509ChainPolicy policy)
    {
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        lock (_lock)
        {
            if (_roots.Length > 0 && time.GetElapsedTime(_since) > Lifetime)
            {
                _roots = [];
            }

            policy.CustomTrustStore.AddRange(_roots);
        }
    }

    /// <summary>Checks with all roots of the system what the known ones did not lead to trust.</summary>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="chain">The chain that was built with the known roots.</param>
    /// <param name="errors">What was found with it; afterwards what is found with all roots.</param>
    /// <returns>The chain of all roots, which the caller disposes of; null where nothing had to be checked again.</returns>
    public X509Chain? CheckWithAll(X509Certificate2 certificate, X509Chain chain, ref SslPolicyErrors errors)
    {
        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return null;
        }

        var whole = new X509Chain { ChainPolicy = chain.ChainPolicy.Clone() };
        whole.ChainPolicy.TrustMode = X509ChainTrustMode.System;
        whole.ChainPolicy.CustomTrustStore.Clear();
        if (whole.Build(certificate))
        {
            errors &= ~SslPolicyErrors.RemoteCertificateChainErrors;
            Remember(whole.ChainElements[^1].Certificate);
        }

        return whole;
    }

    private void Remember(X509Certificate2 root)
    {
        lock (_lock)
        {
            if (Array.Exists(_roots, one => one.RawDataMemory.Span.SequenceEqual(root.RawDataMemory.Span)))
            {
                return;
            }

            if (_roots.Length == 0)
            {
                _since = time.GetTimestamp();
            }

            // The chain's own is disposed of with the chain.
            X509Certificate2[] added = [X509CertificateLoader.LoadCertificate(root.RawData), .. _roots];
            _roots = added.Length > Most ? added[..Most] : added;
        }
    }
}
