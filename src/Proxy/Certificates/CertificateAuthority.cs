using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MitmWeb.Proxy.Certificates;

/// <summary>
/// The proxy's own certificate authority: what clients are asked to trust, and what signs a leaf certificate for each host. It lives in
/// the configuration folder; the private key never leaves it. Thread-safe.
/// </summary>
/// <remarks>The certificate follows RFC 5280: section 4.2.1.9 (basicConstraints), 4.2.1.3 (keyUsage), 4.2.1.2 (subjectKeyIdentifier).</remarks>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>The file with the private key and the certificate. It is read at every start and never overwritten.</summary>
    public const string KeyFileName = "mitmweb-ca.pem";

    /// <summary>The certificate alone, as PEM.</summary>
    public const string PemFileName = "mitmweb-ca-cert.pem";

    /// <summary>
    /// The certificate alone, as DER. mitmproxy writes PEM here; DER is what Android documents for <c>.cer</c> files
    /// and what Windows, macOS, iOS, Firefox and Java read as well.
    /// </summary>
    public const string CerFileName = "mitmweb-ca-cert.cer";

    /// <summary>The certificate alone, as PKCS #12 without a password: a ready Java trust store, and importable on Windows.</summary>
    public const string Pkcs12FileName = "mitmweb-ca-cert.p12";

    /// <summary>The private key and the certificate, as PKCS #12 with an empty password.</summary>
    public const string KeyPkcs12FileName = "mitmweb-ca.p12";

    /// <summary>How long a new authority is valid: ten years.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(3652);

    /// <summary>How far certificates reach back, for clients whose clock is slow.</summary>
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromDays(2);

    /// <summary>How long after its replacement people are reminded at each start that clients may still know the old authority only.</summary>
    private static readonly TimeSpan RotationReminder = TimeSpan.FromDays(7);

    private readonly AsymmetricAlgorithm _key;
    private readonly X509SignatureGenerator _generator;
    private readonly X509AuthorityKeyIdentifierExtension _authorityKeyIdentifier;
    private readonly Lock _signing = new();
    private readonly TimeProvider _time;
    private RevocationList? _revocations;

    private CertificateAuthority(string confdir, AsymmetricAlgorithm key, X509Certificate2 certificate, X509Certificate2Collection issuers, IReadOnlyList<string> warnings, TimeProvider time)
    {
        _time = time;
        _key = key;
        _generator = key is RSA rsa
            ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
            : X509SignatureGenerator.CreateForECDsa((ECDsa)key);
        _authorityKeyIdentifier = AuthorityKeyIdentifierOf(certificate);
        Certificate = certificate;
        Issuers = issuers;
        Warnings = warnings;
        CertificatePath = Path.Combine(confdir, PemFileName);
        NotBefore = certificate.NotBefore.ToUniversalTime();
        NotAfter = certificate.NotAfter.ToUniversalTime();
        KeyKind = key is RSA ? KeyKind.Rsa : KeyKind.Ecdsa;
        KeyAlgorithm = Describe(key);
        Der = certificate.RawData;
        Pem = certificate.ExportCertificatePem() + "\n";
        Pkcs12 = TrustedPkcs12.Encode(certificate);
        FingerprintSha256 = Convert.ToHexString(SHA256.HashData(Der)).Chunk(2).Aggregate(new StringBuilder(), Colons).ToString();
        MobileConfig = MobileConfiguration.Create(certificate);

        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        if (usage is null || usage.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign))
        {
            // The name is the key's, so that certificates of an older authority do not find the newer one's list.
            RevocationListPath = $"/mitmweb-{Convert.ToHexStringLower(_authorityKeyIdentifier.KeyIdentifier!.Value.Span)}.crl";
        }

        static StringBuilder Colons(StringBuilder text, char[] pair) => (text.Length == 0 ? text : text.Append(':')).Append(pair);
    }

    /// <summary>The authority's certificate, without its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Where the certificate alone lies as PEM: what tools such as curl are pointed at.</summary>
    public string CertificatePath { get; }

    /// <summary>The certificate as PEM (RFC 7468).</summary>
    public string Pem { get; }

    /// <summary>The certificate as DER.</summary>
    public byte[] Der { get; }

    /// <summary>The certificate alone as PKCS #12 (RFC 7292), without a password.</summary>
    public byte[] Pkcs12 { get; }

    /// <summary>An Apple configuration profile that installs the certificate. Installing it again replaces it.</summary>
    public string MobileConfig { get; }

    /// <summary>The SHA-256 of the certificate as people compare it: <c>AB:CD:…</c>.</summary>
    public string FingerprintSha256 { get; }

    /// <summary>The kind and size of the key: <c>ECDSA P-256</c>, <c>RSA 2048</c>.</summary>
    public string KeyAlgorithm { get; }

    /// <summary>The kind of the key, which leaf certificates share. An authority that existed keeps the kind it was made with.</summary>
    public KeyKind KeyKind { get; }

    /// <summary>From when on the authority is valid.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Until when the authority is valid.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>
    /// Where leaf certificates say that the authority's revocation list is, on the magic host; null when the authority may not sign lists
    /// (its keyUsage lacks cRLSign). Windows asks for it and refuses certificates whose revocation it cannot look up.
    /// </summary>
    public string? RevocationListPath { get; }

    /// <summary>What is not quite right but works, one sentence each: a key file that others may read, a folder that cannot be written.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>
    /// What clients need between a leaf and the root they trust: nothing for our own root, the authority itself and whatever else its
    /// file holds when it was issued by another one.
    /// </summary>
    internal X509Certificate2Collection Issuers { get; }

    /// <summary>
    /// Loads the authority of a configuration folder, or makes one when there is none. When two processes start at once,
    /// one authority wins and both use it.
    /// </summary>
    /// <param name="confdir">The configuration folder; made with rights for its owner only when it is missing.</param>
    /// <param name="keyKind">The kind of key of a new authority; one that exists is taken as it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="file">A key file to use instead of the folder's own, which must exist; null for the folder's own.</param>
    /// <param name="passphrase">What opens an encrypted key; null when there is none.</param>
    /// <exception cref="CertificateAuthorityException">The files are corrupt, out of date or not accessible. Nothing was overwritten.</exception>
    public static CertificateAuthority LoadOrCreate(string confdir, KeyKind keyKind, TimeProvider time, string? file = null, string? passphrase = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(confdir);
        ArgumentNullException.ThrowIfNull(time);
        confdir = Path.GetFullPath(confdir);
        var folder = new CertificateFolder(confdir);
        var keyFile = file ?? KeyFileName;
        var path = folder.PathOf(keyFile);

        var created = false;
        if (file is not null)
        {
            folder.Create();
        }
        else if (!folder.Exists(KeyFileName))
        {
            created = folder.TryCreateSecret(KeyFileName, Create(keyKind, time.GetUtcNow()));
        }

        var text = folder.ReadText(keyFile);
        var (key, certificate, issuers) = CertificateAuthorityFile.Parse(text, path, passphrase, time.GetUtcNow());
        try
        {
            var warnings = new List<string>();
            var authority = new CertificateAuthority(confdir, key, certificate, issuers, warnings, time);
            if (created)
            {
                authority.WriteKeyPkcs12(folder, warnings);
            }

            if (folder.SecretIsShared(keyFile))
            {
                warnings.Add($"{path} can be read by other users of this machine, who could then read your traffic: run 'chmod 600 {path}'.");
            }

            if (file is null && folder.LastKeptAside(KeyFileName) is { } replacedAt && time.GetUtcNow() - replacedAt < RotationReminder)
            {
                warnings.Add(
                    $"The CA replaced an older one on {replacedAt:yyyy-MM-dd HH:mm} UTC: clients that have not installed it since then refuse MitmWeb's certificates (\"unknown CA\").");
            }

            folder.Refresh(PemFileName, Encoding.ASCII.GetBytes(authority.Pem), warnings);
            folder.Refresh(CerFileName, authority.Der, warnings);
            folder.Refresh(Pkcs12FileName, authority.Pkcs12, warnings);
            return authority;
        }
        catch
        {
            key.Dispose();
            certificate.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Replaces the authority of a configuration folder by a new one. The old one's files stay beside it, with the time in their names:
    /// <c>mitmweb-ca-20300131-235959.pem</c>. It need not be readable. Programs that run keep the old one until they start again.
    /// </summary>
    /// <param name="confdir">The configuration folder.</param>
    /// <param name="keyKind">The kind of the new key.</param>
    /// <param name="time">The clock.</param>
    /// <param name="kept">The full paths of what was kept aside; empty when there was no authority.</param>
    /// <exception cref="CertificateAuthorityException">The folder cannot be written to.</exception>
    public static CertificateAuthority Rotate(string confdir, KeyKind keyKind, TimeProvider time, out IReadOnlyList<string> kept)
    {
        ArgumentException.ThrowIfNullOrEmpty(confdir);
        ArgumentNullException.ThrowIfNull(time);
        var folder = new CertificateFolder(Path.GetFullPath(confdir));

        // The key's file goes first: whatever happens then, the next start finds either the old authority whole or makes a new one.
        kept = folder.KeepAside([KeyFileName, KeyPkcs12FileName, PemFileName], time.GetUtcNow());
        return LoadOrCreate(confdir, keyKind, time);
    }

    /// <summary>
    /// The authority's revocation list as DER (RFC 5280, section 5), which is empty: leaves are forgotten, not revoked. It is made anew when
    /// it is a day old and is valid for a week.
    /// </summary>
    /// <exception cref="InvalidOperationException">The authority may not sign lists.</exception>
    public byte[] GetRevocationList()
    {
        if (RevocationListPath is null)
        {
            throw new InvalidOperationException("The authority may not sign revocation lists.");
        }

        lock (_signing)
        {
            var now = _time.GetUtcNow();
            return (_revocations = _revocations is { } list && now - list.MadeAt is { Ticks: >= 0 } age && age < RevocationList.RenewAfter
                ? list
                : RevocationList.Create(Certificate, _generator, _authorityKeyIdentifier, now)).Der;
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        Certificate.Dispose();
        foreach (var issuer in Issuers)
        {
            issuer.Dispose();
        }
    }

    /// <summary>Signs a leaf certificate, which is never valid longer than the authority itself.</summary>
    internal X509Certificate2 Issue(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter, ReadOnlySpan<byte> serialNumber)
    {
        request.CertificateExtensions.Add(_authorityKeyIdentifier);

        // .NET promises no thread-safe keys, and a P-256 signature takes some ten microseconds: waiting for one's turn costs nothing.
        lock (_signing)
        {
            return request.Create(
                Certificate.SubjectName,
                _generator,
                notBefore < NotBefore ? NotBefore : notBefore,
                notAfter > NotAfter ? NotAfter : notAfter,
                serialNumber);
        }
    }

    /// <summary>A new authority as the text of its key file.</summary>
    private static string Create(KeyKind kind, DateTimeOffset now)
    {
        using var key = NewKey(kind);
        var request = RequestFor("CN=mitmweb, O=mitmweb", key);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var notBefore = now - ClockSkew;
        using var certificate = request.CreateSelfSigned(notBefore, notBefore + Lifetime);
        return key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem() + "\n";
    }

    internal static AsymmetricAlgorithm NewKey(KeyKind kind) =>
        kind == KeyKind.Rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);

    internal static CertificateRequest RequestFor(string subject, AsymmetricAlgorithm key) =>
        key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);

    private static X509AuthorityKeyIdentifierExtension AuthorityKeyIdentifierOf(X509Certificate2 certificate)
    {
        // An authority of someone's own may lack the identifier; RFC 5280, section 4.2.1.2, says how to make it from the key.
        var identifier = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()
            ?? new X509SubjectKeyIdentifierExtension(certificate.PublicKey, critical: false);
        return X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier);
    }

    private static string Describe(AsymmetricAlgorithm key) => key switch
    {
        RSA => $"RSA {key.KeySize}",
        _ => $"ECDSA P-{key.KeySize}",
    };

    private void WriteKeyPkcs12(CertificateFolder folder, List<string> warnings)
    {
        using var pair = _key is RSA rsa ? Certificate.CopyWithPrivateKey(rsa) : Certificate.CopyWithPrivateKey((ECDsa)_key);
        var pkcs12 = pair.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, "");
        folder.TryCreateSecret(KeyPkcs12FileName, pkcs12, warnings);
    }
}
