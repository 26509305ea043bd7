using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>Certificates that the user wants clients to see instead of ours, by host.</summary>
internal sealed class CustomCertificates
{
    private readonly Dictionary<string, SslStreamCertificateContext> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="specs"><c>[domain=]path</c>; each is used for its domain (<c>*</c> when it has none) and for all names that it holds.</param>
    /// <param name="passphrase">What opens encrypted keys.</param>
    /// <exception cref="TlsOptionsException">A file cannot be used.</exception>
    public CustomCertificates(IEnumerable<string> specs, string? passphrase)
    {
        foreach (var spec in specs)
        {
            var cut = spec.IndexOf('=', StringComparison.Ordinal);
            var domain = cut < 0 ? "*" : spec[..cut].TrimEnd('.');
            var context = PemFile.ReadPair(cut < 0 ? spec : spec[(cut + 1)..], passphrase, "--certs");
            foreach (var name in NamesOf(context.TargetCertificate).Append(domain))
            {
                _byName[name] = context;
            }
        }
    }

    /// <summary>The certificate for a host: its own, else that of the nearest wildcard (<c>*.example.com</c>, <c>*.com</c>, <c>*</c>), else null.</summary>
    public SslStreamCertificateContext? Find(string host)
    {
        if (_byName.Count == 0)
        {
            return null;
        }

        host = host.TrimEnd('.');
        if (_byName.TryGetValue(host, out var own))
        {
            return own;
        }

        for (var dot = host.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = host.IndexOf('.', dot + 1))
        {
            if (_byName.TryGetValue("*" + host[dot..], out var wildcard))
            {
                return wildcard;
            }
        }

        return _byName.GetValueOrDefault("*");
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        var subject = LeafSubject.ForUpstream(certificate);
        return subject.DnsNames.Concat(subject.Addresses.Select(static address => address.ToString()));
    }
}
