using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml.Linq;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Proxy.Tests.Certificates;

public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Confdir => _folder["conf"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(KeyKind.Ecdsa, "ECDSA P-256")]
    [InlineData(KeyKind.Rsa, "RSA 2048")]
    public void LoadOrCreate_FirstRun_MakesAnAuthority(KeyKind kind, string algorithm)
    {
        using var ca = Create(kind);

        Assert.Equal("CN=mitmweb, O=mitmweb", ca.Certificate.Subject);
        Assert.Equal(ca.Certificate.Subject, ca.Certificate.Issuer);
        Assert.Equal(algorithm, ca.KeyAlgorithm);
        Assert.Equal(kind, ca.KeyKind);
        Assert.False(ca.Certificate.HasPrivateKey);
        Assert.InRange(ca.NotBefore, DateTimeOffset.UtcNow.AddDays(-2).AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(-2));
        Assert.InRange(ca.NotAfter, DateTimeOffset.UtcNow.AddYears(10).AddDays(-4), DateTimeOffset.UtcNow.AddYears(10));
        var constraints = ca.Certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.True(constraints is { Critical: true, CertificateAuthority: true, HasPathLengthConstraint: false });
        var usage = ca.Certificate.Extensions.OfType<X509KeyUsageExtension>().Single();
        Assert.True(usage.Critical);
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, usage.KeyUsages);
        Assert.Single(ca.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>());
        Assert.Contains("sha256", ca.Certificate.SignatureAlgorithm.FriendlyName, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(ca.Warnings);
    }

    [Fact]
    public void LoadOrCreate_FirstRun_WritesAllFilesAndNothingElse()
    {
        using var ca = Create();

        Assert.Equal(
            ["mitmweb-ca-cert.cer", "mitmweb-ca-cert.p12", "mitmweb-ca-cert.pem", "mitmweb-ca.p12", "mitmweb-ca.pem"],
            Directory.EnumerateFiles(Confdir).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(ca.Pem, File.ReadAllText(ca.CertificatePath));
        Assert.Equal(ca.Der, File.ReadAllBytes(Path.Combine(Confdir, "mitmweb-ca-cert.cer")));
        Assert.Equal(ca.Pkcs12, File.ReadAllBytes(Path.Combine(Confdir, "mitmweb-ca-cert.p12")));
        using var pair = X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(Confdir, "mitmweb-ca.p12"), "");
        Assert.True(pair.HasPrivateKey);
        Assert.Equal(ca.Der, pair.RawData);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(ca.Der)), ca.FingerprintSha256.Replace(":", "", StringComparison.Ordinal));
        Assert.Matches("^([0-9A-F]{2}:){31}[0-9A-F]{2}$", ca.FingerprintSha256);
    }

    [Fact]
    public void LoadOrCreate_FirstRun_KeepsKeysForTheOwner()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var ca = Create();

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(owner | UnixFileMode.UserExecute, File.GetUnixFileMode(Confdir));
        Assert.Equal(owner, File.GetUnixFileMode(Path.Combine(Confdir, "mitmweb-ca.pem")));
        Assert.Equal(owner, File.GetUnixFileMode(Path.Combine(Confdir, "mitmweb-ca.p12")));
        Assert.True(File.GetUnixFileMode(ca.CertificatePath).HasFlag(owner));
        foreach (var name in new[] { "mitmweb-ca-cert.pem", "mitmweb-ca-cert.cer", "mitmweb-ca-cert.p12" })
        {
            Assert.DoesNotContain("PRIVATE KEY", File.ReadAllText(Path.Combine(Confdir, name), Encoding.Latin1), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LoadOrCreate_SecondRun_UsesTheSameAuthority()
    {
        using var first = Create();
        var files = Snapshot();

        using var second = Create(KeyKind.Rsa);

        Assert.Equal(first.FingerprintSha256, second.FingerprintSha256);
        Assert.Equal(KeyKind.Ecdsa, second.KeyKind);
        Assert.Equal(first.Pkcs12, second.Pkcs12);
        Assert.Equal(first.MobileConfig, second.MobileConfig);
        Assert.Equal(files, Snapshot());
    }

    [Fact]
    public void LoadOrCreate_DerivedFilesMissingOrStale_WritesThemAgain()
    {
        using var first = Create();
        File.Delete(first.CertificatePath);
        File.WriteAllText(Path.Combine(Confdir, "mitmweb-ca-cert.cer"), "of another authority");

        using var second = Create();

        Assert.Equal(first.Pem, File.ReadAllText(first.CertificatePath));
        Assert.Equal(first.Der, File.ReadAllBytes(Path.Combine(Confdir, "mitmweb-ca-cert.cer")));
    }

    [Fact]
    public async Task LoadOrCreate_ManyAtOnce_AllUseOne()
    {
        using var start = new ManualResetEventSlim();
        var tasks = Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                using var ca = Create();
                return ca.FingerprintSha256;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        start.Set();

        var fingerprints = await Task.WhenAll(tasks);

        Assert.Single(fingerprints.Distinct());
        using var after = Create();
        Assert.Equal(fingerprints[0], after.FingerprintSha256);
        using var pair = X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(Confdir, "mitmweb-ca.p12"), "");
        Assert.Equal(after.Der, pair.RawData);
        Assert.DoesNotContain(Directory.EnumerateFiles(Confdir), f => Path.GetFileName(f).StartsWith('.'));
    }

    [Theory]
    [InlineData("pkcs8", true)]
    [InlineData("pkcs8", false)]
    [InlineData("sec1", true)]
    [InlineData("pkcs1", true)]
    [InlineData("pkcs1", false)]
    [InlineData("pkcs8-rsa", true)]
    public void LoadOrCreate_KeyOfEveryForm_Loads(string form, bool keyFirst)
    {
        using AsymmetricAlgorithm key = form.Contains("pkcs1", StringComparison.Ordinal) || form.Contains("rsa", StringComparison.Ordinal)
            ? RSA.Create(2048)
            : ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var keyText = form switch
        {
            "sec1" => ((ECDsa)key).ExportECPrivateKeyPem(),
            "pkcs1" => ((RSA)key).ExportRSAPrivateKeyPem(),
            _ => key.ExportPkcs8PrivateKeyPem(),
        };

        // As mitmproxy makes its own: with serverAuth, and text around that some tools leave.
        var certificate = SelfSigned(key, serverAuth: true);
        var text = keyFirst ? $"Bag Attributes: x\n{keyText}\nsubject=mitmproxy\r\n{certificate}\n" : $"{certificate}\n{keyText}";
        WriteKeyFile(text);

        using var ca = Create();

        Assert.Equal("CN=mitmproxy, O=mitmproxy", ca.Certificate.Subject);
        Assert.Equal(key is RSA ? "RSA 2048" : "ECDSA P-384", ca.KeyAlgorithm);
        Assert.Equal(text, File.ReadAllText(Path.Combine(Confdir, "mitmweb-ca.pem")));
        Assert.Equal(ca.Pem, File.ReadAllText(ca.CertificatePath));
        Assert.False(File.Exists(Path.Combine(Confdir, "mitmweb-ca.p12")));
    }

    public static TheoryData<string, string> UnusableFiles()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyText = key.ExportPkcs8PrivateKeyPem();
        return new TheoryData<string, string>
        {
            { "", "neither a private key nor a certificate" },
            { "rubbish", "neither a private key nor a certificate" },
            { keyText, "no certificate" },
            { SelfSigned(key), "no private key" },
            { keyText + "\n" + SelfSigned(other), "does not belong" },
            { keyText + "\n" + SelfSigned(key, ca: false), "not a CA certificate" },
            { keyText + "\n" + SelfSigned(key, years: -3), "expired on" },
            { keyText + "\n" + SelfSigned(key, years: 3), "only valid from" },
            { keyText + "\n" + SelfSigned(key).Replace("MI", "AA", StringComparison.Ordinal), "certificate cannot be decoded" },
            { "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + SelfSigned(key), "private key cannot be decoded" },
            { key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)) + "\n" + SelfSigned(key), "is encrypted" },
        };
    }

    [Theory]
    [MemberData(nameof(UnusableFiles))]
    public void LoadOrCreate_UnusableFile_SaysWhyAndLeavesItAlone(string text, string cause)
    {
        WriteKeyFile(text);

        var error = Assert.Throws<CertificateAuthorityException>(() => Create());

        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Confdir, "mitmweb-ca.pem"), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal([Path.Combine(Confdir, "mitmweb-ca.pem")], Directory.EnumerateFiles(Confdir));
        Assert.Equal(text, File.ReadAllText(Path.Combine(Confdir, "mitmweb-ca.pem")));
    }

    [Fact]
    public void LoadOrCreate_KeyFileIsAFolder_Throws()
    {
        Directory.CreateDirectory(Path.Combine(Confdir, "mitmweb-ca.pem"));

        var error = Assert.Throws<CertificateAuthorityException>(() => Create());

        Assert.Contains("cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadOrCreate_ConfdirIsAFile_Throws()
    {
        File.WriteAllText(Confdir, "");

        var error = Assert.Throws<CertificateAuthorityException>(() => Create());

        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadOrCreate_PublicFileCannotBeWritten_WarnsAndGoesOn()
    {
        using (Create())
        {
            File.Delete(Path.Combine(Confdir, "mitmweb-ca-cert.cer"));
            Directory.CreateDirectory(Path.Combine(Confdir, "mitmweb-ca-cert.cer"));
        }

        using var ca = Create();

        Assert.Contains("mitmweb-ca-cert.cer", Assert.Single(ca.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Confdir), f => Path.GetFileName(f).StartsWith('.'));
    }

    [Fact]
    public void LoadOrCreate_KeyFileReadableByOthers_Warns()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Create().Dispose();
        File.SetUnixFileMode(Path.Combine(Confdir, "mitmweb-ca.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        using var ca = Create();

        Assert.Contains("chmod 600", Assert.Single(ca.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void MobileConfig_IsAProfileWithTheCertificate()
    {
        using var ca = Create();

        var dict = XDocument.Parse(ca.MobileConfig).Root!.Element("dict")!;

        var payload = dict.Descendants("array").Single().Element("dict")!;
        Assert.Equal("Configuration", Value(dict, "PayloadType"));
        Assert.Equal("com.apple.security.root", Value(payload, "PayloadType"));
        Assert.Equal(ca.Der, Convert.FromBase64String(Value(payload, "PayloadContent")));
        var uuids = new[] { Value(dict, "PayloadUUID"), Value(payload, "PayloadUUID") };
        Assert.All(uuids, u => Assert.True(Guid.TryParseExact(u, "D", out _)));
        Assert.Equal(2, uuids.Distinct().Count());

        static string Value(XElement dict, string key) =>
            dict.Elements("key").Single(k => k.Value == key).ElementsAfterSelf().First().Value;
    }

    [Fact]
    public async Task Pkcs12_Openssl_ReadsItAndItsMac()
    {
        using var ca = Create();

        var (ok, output) = await Tool.RunAsync("openssl", "pkcs12", "-in", Path.Combine(Confdir, "mitmweb-ca-cert.p12"), "-passin", "pass:", "-nokeys", "-info");

        Assert.True(ok, output);
        Assert.Contains("MAC: sha1, Iteration 2048", output, StringComparison.Ordinal);
        Assert.Contains(ca.Pem.Trim(), output, StringComparison.Ordinal);
        Assert.Contains("friendlyName: mitmweb", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Pkcs12_Dotnet_ReadsIt()
    {
        using var ca = Create();

        var certificates = X509CertificateLoader.LoadPkcs12Collection(ca.Pkcs12, "");

        Assert.Equal(ca.Der, Assert.Single(certificates).RawData);
    }

    [Fact]
    public async Task Pkcs12_Java_TrustsIt()
    {
        if (!Tool.Exists("keytool"))
        {
            Console.WriteLine("Skipped: this machine has no Java (keytool).");
            return;
        }

        using var ca = Create();

        var (ok, output) = await Tool.RunAsync("keytool", "-list", "-keystore", Path.Combine(Confdir, "mitmweb-ca-cert.p12"), "-storetype", "PKCS12", "-storepass", "");

        Assert.True(ok, output);
        Assert.Contains("trustedCertEntry", output, StringComparison.Ordinal);
        Assert.Contains(ca.FingerprintSha256, output, StringComparison.Ordinal);
    }

    private CertificateAuthority Create(KeyKind kind = KeyKind.Ecdsa) => CertificateAuthority.LoadOrCreate(Confdir, kind, TimeProvider.System);

    private void WriteKeyFile(string text)
    {
        Directory.CreateDirectory(Confdir);
        var path = Path.Combine(Confdir, "mitmweb-ca.pem");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private Dictionary<string, DateTime> Snapshot() =>
        Directory.EnumerateFiles(Confdir).ToDictionary(f => f, File.GetLastWriteTimeUtc);

    private static string SelfSigned(AsymmetricAlgorithm key, bool ca = true, int years = 0, bool serverAuth = false)
    {
        var request = CertificateAuthority.RequestFor("CN=mitmproxy, O=mitmproxy", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(ca, false, 0, true));
        if (serverAuth)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        }

        var start = DateTimeOffset.UtcNow.AddDays(-2).AddYears(years);
        using var certificate = request.CreateSelfSigned(start, start.AddYears(1));
        return certificate.ExportCertificatePem();
    }
}
