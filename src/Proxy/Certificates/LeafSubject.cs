using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>Whom a leaf certificate is for. Two are equal when they name the same, so that it can be the key of a cache.</summary>
public sealed record LeafSubject
{
    /// <summary>The longest common name (RFC 5280, appendix A.1, ub-common-name).</summary>
    public const int MaxCommonNameLength = 64;

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <summary>The subject's common name, or null for an empty subject. Only people read it; clients look at the names below.</summary>
    public string? CommonName { get; init; }

    /// <summary>The DNS names (RFC 5280, section 4.2.1.6), as A-labels; the first label may be a wildcard.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>The IP addresses (RFC 5280, section 4.2.1.6).</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>
    /// The subject for one host as it stands in a request or a ClientHello: a name (also one in Unicode, with a wildcard or with a
    /// trailing dot) or an address (with or without brackets).
    /// </summary>
    /// <exception cref="ArgumentException">This can be no host: it is empty or holds spaces or control characters.</exception>
    public static LeafSubject ForHost(string host)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        if (TryParseAddress(host, out var address))
        {
            var text = address.ToString();
            return new LeafSubject { CommonName = text, Addresses = [address] };
        }

        if (!TryNormalizeName(host, out var name))
        {
            throw new ArgumentException($"'{host}' is not a host name.", nameof(host));
        }

        return new LeafSubject { CommonName = CommonNameFor(name), DnsNames = [name] };
    }

    /// <summary>
    /// The subject that stands in for a server's own certificate: all of its names and addresses, and the hosts that the client asked for.
    /// What is no valid name is left out.
    /// </summary>
    /// <param name="upstream">The certificate that the server sent.</param>
    /// <param name="hosts">What the client asked for: the server name, the address; they come first.</param>
    public static LeafSubject ForUpstream(X509Certificate2 upstream, params IEnumerable<string> hosts)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        ArgumentNullException.ThrowIfNull(hosts);
        var names = new List<string>();
        var addresses = new List<IPAddress>();
        foreach (var host in hosts)
        {
            Add(host);
        }

        var alternativeNames = upstream.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (alternativeNames is null)
        {
            Add(upstream.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        }
        else
        {
            foreach (var name in alternativeNames.EnumerateDnsNames())
            {
                Add(name);
            }

            foreach (var address in alternativeNames.EnumerateIPAddresses())
            {
                if (!addresses.Contains(address))
                {
                    addresses.Add(address);
                }
            }
        }

        return new LeafSubject
        {
            CommonName = names.Count > 0 ? CommonNameFor(names[0]) : addresses.Count > 0 ? addresses[0].ToString() : null,
            DnsNames = names,
            Addresses = addresses,
        };

        void Add(string? host)
        {
            if (string.IsNullOrEmpty(host))
            {
                return;
            }

            if (TryParseAddress(host, out var address))
            {
                if (!addresses.Contains(address))
                {
                    addresses.Add(address);
                }
            }
            else if (TryNormalizeName(host, out var name) && !names.Contains(name))
            {
                names.Add(name);
            }
        }
    }

    public bool Equals(LeafSubject? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && CommonName == other.CommonName
            && DnsNames.SequenceEqual(other.DnsNames)
            && Addresses.SequenceEqual(other.Addresses));

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(CommonName);
        foreach (var name in DnsNames)
        {
            hash.Add(name);
        }

        foreach (var address in Addresses)
        {
            hash.Add(address);
        }

        return hash.ToHashCode();
    }

    private static string? CommonNameFor(string name) => name.Length <= MaxCommonNameLength ? name : null;

    private static bool TryParseAddress(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        if (host is ['[', .. var inner, ']'])
        {
            host = inner;
        }

        if (!IPAddress.TryParse(host, out address))
        {
            return false;
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            // A zone (RFC 4007, section 11) means something on one machine only and is no part of a certificate.
            address = new IPAddress(address.GetAddressBytes());
            return true;
        }

        // .NET also reads "1" and "0x7f.1" as addresses, which clients compare as names.
        return address.ToString() == host;
    }

    private static bool TryNormalizeName(string host, [NotNullWhen(true)] out string? name)
    {
        name = null;
        var text = host.EndsWith('.') ? host[..^1] : host;
        try
        {
            // It also checks that each label has 1 to 63 characters (RFC 1035, section 2.3.4). Upper case is folded before, as it would
            // otherwise become part of the encoded label.
            text = Idn.GetAscii(text.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return false;
        }

        // 253 is the longest name in text form (RFC 1035, section 2.3.4, less the root's label).
        if (text.Length > 253 || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        name = text;
        return true;
    }
}
