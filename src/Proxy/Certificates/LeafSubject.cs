using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>Whom a leaf certificate is for. Two are equal when they name the same, so that it can be the key of a cache.</summary>
public sealed record LeafSubject
{
    /// <summary>The longest common name (RFC 5280, appendix A.1, ub-common-name).</summary>
    public const int MaxCommonNameLength = 64;

    /// <summary>More names than any public CA signs; a server that sends more must not fill the memory with them.</summary>
    public const int MaxNames = 1000;

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <summary>The subject's common name, or null for an empty subject. Only people read it; clients look at the names below.</summary>
    public string? CommonName { get; init; }

    /// <summary>The subject's organization, or null.</summary>
    public string? Organization { get; init; }

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
    /// The subject that stands in for a server's own certificate: its common name and organization, and all of its names and addresses.
    /// What is no valid name is left out of the names; nothing that a server sends makes it fail.
    /// </summary>
    /// <param name="upstream">The certificate that the server sent.</param>
    /// <param name="hosts">What the client asked for: the server name, the address; they come after the certificate's own.</param>
    public static LeafSubject ForUpstream(X509Certificate2 upstream, params IEnumerable<string> hosts)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        ArgumentNullException.ThrowIfNull(hosts);
        var commonName = Attribute(upstream.SubjectName, "2.5.4.3");
        var names = new List<string>();
        try
        {
            foreach (var extension in upstream.Extensions.OfType<X509SubjectAlternativeNameExtension>())
            {
                names.AddRange(extension.EnumerateDnsNames());
                names.AddRange(extension.EnumerateIPAddresses().Select(static address => address.ToString()));
            }
        }
        catch (CryptographicException)
        {
            // The extension is no DER: what could be read until there is used.
        }

        // Clients that look at the common name do so only where there are no other names (RFC 6125, section 6.4.4).
        return new LeafSubject { CommonName = commonName, Organization = Attribute(upstream.SubjectName, "2.5.4.10") }
            .With(names.Count == 0 && commonName is not null ? [commonName] : names.Take(MaxNames))
            .With(hosts);
    }

    /// <summary>The same subject for further hosts, where they can be hosts. Without a common name the first of them becomes it.</summary>
    public LeafSubject With(IEnumerable<string> hosts)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        var names = new List<string>(DnsNames);
        var addresses = new List<IPAddress>(Addresses);
        var known = new HashSet<string>(DnsNames);
        foreach (var host in hosts)
        {
            if (string.IsNullOrEmpty(host))
            {
                continue;
            }

            if (TryParseAddress(host, out var address))
            {
                if (!addresses.Contains(address))
                {
                    addresses.Add(address);
                }
            }
            else if (TryNormalizeName(host, out var name) && known.Add(name))
            {
                names.Add(name);
            }
        }

        return this with
        {
            CommonName = CommonName ?? (names.Count > 0 ? CommonNameFor(names[0]) : addresses.Count > 0 ? addresses[0].ToString() : null),
            DnsNames = names,
            Addresses = addresses,
        };
    }

    public bool Equals(LeafSubject? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && CommonName == other.CommonName
            && Organization == other.Organization
            && DnsNames.SequenceEqual(other.DnsNames)
            && Addresses.SequenceEqual(other.Addresses));

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(CommonName);
        hash.Add(Organization);
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

    /// <summary>An attribute of a name as text, where it is one that fits into a certificate (ub-common-name and ub-organization-name are both 64).</summary>
    private static string? Attribute(X500DistinguishedName name, string type)
    {
        try
        {
            foreach (var part in name.EnumerateRelativeDistinguishedNames(reversed: false))
            {
                if (!part.HasMultipleElements && part.GetSingleElementType().Value == type && part.GetSingleElementValue() is { Length: > 0 and <= MaxCommonNameLength } value)
                {
                    return value.Any(char.IsControl) ? null : value;
                }
            }
        }
        catch (Exception exception) when (exception is CryptographicException or InvalidOperationException)
        {
            // A name that cannot be read is no name.
        }

        return null;
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
