using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MitmWeb.Proxy.Certificates;

/// <summary>
/// The certificates that clients see: issued by the authority on first use, one per subject, kept in a bounded cache where the least
/// recently used goes first. Thread-safe; a subject asked for by many at once is issued once.
/// </summary>
/// <remarks>
/// <para>
/// All leaves of one run share one key pair, which is made at the start, never stored and never the authority's: making one per leaf
/// would cost more than all the rest, and whoever had one would have the process's memory and so all of them.
/// </para>
/// <para>
/// Clients get the leaf alone. The root is what they have already or will not trust for being sent (RFC 8446, section 4.4.2, lets it be
/// left out), and .NET leaves it out of a chain anyway. An authority that another one issued is sent along, or clients that
/// only know the root above it could not build the path.
/// </para>
/// <para>
/// What is dropped from the cache is left to the garbage collector instead of being disposed: handshakes that hold a context go on with
/// it for as long as they like, and the handles inside release themselves.
/// </para>
/// </remarks>
public sealed class LeafCertificates : IDisposable
{
    /// <summary>
    /// The whole life of a leaf. Public certificates may live 200 days (CA/Browser Forum, SC-081v3) and Apple took 398 before; a client
    /// that holds ours to the same rules is content.
    /// </summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(199);

    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(7);

    private readonly CertificateAuthority _authority;
    private readonly TimeProvider _time;
    private readonly int _capacity;
    private readonly AsymmetricAlgorithm _key;
    private readonly PublicKey _publicKey;
    private readonly X509SubjectKeyIdentifierExtension _subjectKeyIdentifier;
    private readonly X509KeyUsageExtension _keyUsage;
    private readonly X509EnhancedKeyUsageExtension _extendedKeyUsage = new([Oid.FromOidValue("1.3.6.1.5.5.7.3.1", OidGroup.EnhancedKeyUsage)], critical: false);
    private readonly X509Extension? _revocationList;
    private readonly X509BasicConstraintsExtension _basicConstraints = X509BasicConstraintsExtension.CreateForEndEntity(critical: true);
    private readonly Lock _lock = new();
    private readonly Dictionary<LeafSubject, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private bool _disposed;

    /// <summary>Certificates issued by an authority, which stays the caller's to dispose, after this.</summary>
    /// <param name="authority">Who signs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="capacity">How many certificates are kept, at least 1.</param>
    /// <param name="revocationList">The address of the authority's revocation list, for clients that insist on one; null for none.</param>
    public LeafCertificates(CertificateAuthority authority, TimeProvider? time = null, int capacity = 1000, Uri? revocationList = null)
    {
        ArgumentNullException.ThrowIfNull(authority);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _authority = authority;
        _time = time ?? TimeProvider.System;
        _capacity = capacity;
        _key = NewKey(authority.KeyKind);
        _publicKey = new PublicKey(_key);
        _subjectKeyIdentifier = new X509SubjectKeyIdentifierExtension(_publicKey, critical: false);

        _revocationList = revocationList is null ? null : CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([revocationList.AbsoluteUri]);

        // RSA key exchange of TLS 1.2 and before encrypts with the key; everything else only signs (RFC 5280, section 4.2.1.3).
        var usage = X509KeyUsageFlags.DigitalSignature | (authority.KeyKind == KeyKind.Rsa ? X509KeyUsageFlags.KeyEncipherment : X509KeyUsageFlags.None);
        _keyUsage = new X509KeyUsageExtension(usage, critical: true);
    }

    /// <summary>How many certificates are in the cache.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>
    /// The certificate for a subject, ready for <see cref="SslServerAuthenticationOptions.ServerCertificateContext"/>. It is valid for
    /// some days at least, unless the authority itself is about to end.
    /// </summary>
    /// <exception cref="CertificateAuthorityException">The authority has expired since the start.</exception>
    public SslStreamCertificateContext Get(LeafSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var now = _time.GetUtcNow();
        Entry entry;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            entry = Find(subject, now);
        }

        try
        {
            // Signing happens outside the lock; those who ask for the same subject wait here for the first.
            return entry.Context.Value;
        }
        catch
        {
            Remove(entry);
            throw;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _entries.Clear();
            _byUse.Clear();
        }

        _key.Dispose();
    }

    private Entry Find(LeafSubject subject, DateTimeOffset now)
    {
        if (_entries.TryGetValue(subject, out var node))
        {
            if (now < node.Value.RenewAt)
            {
                if (!ReferenceEquals(_byUse.First, node))
                {
                    _byUse.Remove(node);
                    _byUse.AddFirst(node);
                }

                return node.Value;
            }

            _byUse.Remove(node);
        }
        else if (_entries.Count == _capacity)
        {
            _entries.Remove(_byUse.Last!.Value.Subject);
            _byUse.RemoveLast();
        }

        var notAfter = now - CertificateAuthority.ClockSkew + Lifetime;
        var renewAt = notAfter > _authority.NotAfter ? _authority.NotAfter : notAfter - RenewBefore;
        var entry = new Entry(subject, renewAt, new Lazy<SslStreamCertificateContext>(() => Issue(subject, now, notAfter)));
        _entries[subject] = _byUse.AddFirst(entry);
        return entry;
    }

    private void Remove(Entry entry)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(entry.Subject, out var node) && ReferenceEquals(node.Value, entry))
            {
                _entries.Remove(entry.Subject);
                _byUse.Remove(node);
            }
        }
    }

    private SslStreamCertificateContext Issue(LeafSubject subject, DateTimeOffset now, DateTimeOffset notAfter)
    {
        if (now >= _authority.NotAfter)
        {
            throw new CertificateAuthorityException(
                $"The certificate authority {_authority.CertificatePath} expired while the proxy ran: make a new one with 'mitmweb ca rotate', start again and install it on your devices.");
        }

        using var certificate = _authority.Issue(Request(subject), now - CertificateAuthority.ClockSkew, notAfter, SerialNumber());
        var withKey = _key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)_key);
        if (OperatingSystem.IsWindows())
        {
            // SChannel cannot use a key that lives in memory only; importing the pair puts it into a key store for as long as it is used.
            using var ephemeral = withKey;
            withKey = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), password: null);
        }

        return CertificateContext.Create(withKey, _authority.Issuers);
    }

    /// <summary>
    /// On Linux the OpenSSL classes by name: their keys are shared with each certificate by reference, those of <c>Create</c> are exported,
    /// imported and checked anew, which took most of the time of a leaf (150 of 650 µs with P-256, 1500 of 2600 µs with RSA).
    /// </summary>
    private static AsymmetricAlgorithm NewKey(KeyKind kind)
    {
        if (!OperatingSystem.IsLinux())
        {
            return CertificateAuthority.NewKey(kind);
        }

        return kind == KeyKind.Rsa ? new RSAOpenSsl(2048) : new ECDsaOpenSsl(ECCurve.NamedCurves.nistP256);
    }

    private CertificateRequest Request(LeafSubject subject)
    {
        var name = new X500DistinguishedNameBuilder();
        if (subject.CommonName is { } commonName)
        {
            name.AddCommonName(commonName);
        }

        if (subject.Organization is { } organization)
        {
            name.AddOrganizationName(organization);
        }

        var request = new CertificateRequest(name.Build(), _publicKey, HashAlgorithmName.SHA256);
        var alternativeNames = new SubjectAlternativeNameBuilder();
        foreach (var dnsName in subject.DnsNames)
        {
            alternativeNames.AddDnsName(dnsName);
        }

        foreach (var address in subject.Addresses)
        {
            alternativeNames.AddIpAddress(address);
        }

        // An empty subject makes the alternative names the only ones, hence critical (RFC 5280, section 4.2.1.6).
        request.CertificateExtensions.Add(alternativeNames.Build(critical: subject is { CommonName: null, Organization: null }));
        request.CertificateExtensions.Add(_extendedKeyUsage);
        request.CertificateExtensions.Add(_keyUsage);
        request.CertificateExtensions.Add(_basicConstraints);
        request.CertificateExtensions.Add(_subjectKeyIdentifier);
        if (_revocationList is not null)
        {
            request.CertificateExtensions.Add(_revocationList);
        }

        return request;
    }

    /// <summary>16 random bytes, positive and of one length (RFC 5280, section 4.1.2.2, allows 20).</summary>
    private static byte[] SerialNumber()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3f) | 0x40);
        return serial;
    }

    private sealed record Entry(LeafSubject Subject, DateTimeOffset RenewAt, Lazy<SslStreamCertificateContext> Context);
}
