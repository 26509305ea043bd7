using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Certificates;

/// <summary>Authorities that somebody brings along, and the way from one authority to the next.</summary>
public sealed class OwnAuthorityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>How the key is stored, as openssl's own arguments.</summary>
    public static TheoryData<string> Forms() =>
    [
        "genpkey -algorithm RSA -aes256 -pass pass:secret",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -aes128 -pass pass:secret",
        "genrsa -traditional -aes256 -passout pass:secret 2048",
        "genrsa -traditional -aes128 -passout pass:secret 2048",
        "genrsa -traditional -des3 -passout pass:secret 2048",
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task EncryptedKeyOfEveryForm_OpensWithItsPassphrase(string form)
    {
        var file = await MakeAsync(form);

        using var ca = CertificateAuthority.LoadOrCreate(_folder["conf"], KeyKind.Ecdsa, TimeProvider.System, file, "secret");
        using var leaves = new LeafCertificates(ca);
        await File.WriteAllTextAsync(_folder["leaf.pem"], leaves.Get(LeafSubject.ForHost("example.com")).TargetCertificate.ExportCertificatePem());

        Assert.Equal("CN=My CA", ca.Certificate.Subject);
        var (ok, output) = await Tool.RunAsync("openssl", "verify", "-x509_strict", "-CAfile", ca.CertificatePath, _folder["leaf.pem"]);
        Assert.True(ok, output);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task EncryptedKey_WrongOrNoPassphrase_SaysSoInOneLine(string form)
    {
        var file = await MakeAsync(form);

        var wrong = Assert.Throws<CertificateAuthorityException>(() => CertificateAuthority.LoadOrCreate(_folder["conf"], KeyKind.Ecdsa, TimeProvider.System, file, "other"));
        var none = Assert.Throws<CertificateAuthorityException>(() => CertificateAuthority.LoadOrCreate(_folder["conf"], KeyKind.Ecdsa, TimeProvider.System, file));

        Assert.Contains("the passphrase does not open its private key (--cert-passphrase)", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("its private key is encrypted and no passphrase was given (--cert-passphrase)", none.Message, StringComparison.Ordinal);
        Assert.All([wrong, none], error => Assert.DoesNotContain('\n', error.Message));
        Assert.All([wrong, none], error => Assert.Contains(file, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void NamedFile_Missing_IsNotMade()
    {
        var error = Assert.Throws<CertificateAuthorityException>(() => CertificateAuthority.LoadOrCreate(_folder["conf"], KeyKind.Ecdsa, TimeProvider.System, _folder["none.pem"]));

        Assert.Contains(_folder["none.pem"], error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder["conf"]));
    }

    [Fact]
    public void NamedFile_LeavesTheFoldersOwnKeyAlone()
    {
        using var root = TestCertificate.Root();
        File.WriteAllText(_folder["mine.pem"], TestCertificate.Pem(root));
        using var own = CertificateAuthority.LoadOrCreate(_folder["conf"], KeyKind.Ecdsa, TimeProvider.System);

        using (var named = CertificateAuthority.LoadOrCreate(_folder["conf"], KeyKind.Ecdsa, TimeProvider.System, _folder["mine.pem"]))
        {
            Assert.Equal("CN=Test Root", named.Certificate.Subject);
            Assert.Equal(named.Pem, File.ReadAllText(named.CertificatePath));
        }

        using var again = CertificateAuthority.LoadOrCreate(_folder["conf"], KeyKind.Ecdsa, TimeProvider.System);
        Assert.Equal(own.FingerprintSha256, again.FingerprintSha256);
    }

    [Fact]
    public void AuthorityThatMayNotSignLists_NamesNone()
    {
        using var other = TestCertificate.Create("CN=No lists", [], isAuthority: true);
        File.WriteAllText(_folder["mine.pem"], TestCertificate.Pem(other));

        using var ca = CertificateAuthority.LoadOrCreate(_folder["conf"], KeyKind.Ecdsa, TimeProvider.System, _folder["mine.pem"]);

        Assert.Null(ca.RevocationListPath);
        Assert.Throws<InvalidOperationException>(() => ca.GetRevocationList());
    }

    [Fact]
    public void Rotate_KeepsTheOldOneAsideAndMakesANewOne()
    {
        var time = new FixedTime(new DateTimeOffset(2030, 1, 31, 23, 59, 58, TimeSpan.Zero));
        using var old = CertificateAuthority.LoadOrCreate(_folder.Path, KeyKind.Ecdsa, time);
        var oldKey = File.ReadAllText(_folder["mitmweb-ca.pem"]);

        using var renewed = CertificateAuthority.Rotate(_folder.Path, KeyKind.Ecdsa, time, out var kept);
        using var again = CertificateAuthority.Rotate(_folder.Path, KeyKind.Rsa, time, out var keptAgain);

        Assert.Equal([_folder["mitmweb-ca-20300131-235958.pem"], _folder["mitmweb-ca-20300131-235958.p12"], _folder["mitmweb-ca-cert-20300131-235958.pem"]], kept);
        Assert.Equal(oldKey, File.ReadAllText(kept[0]));
        Assert.Equal(_folder["mitmweb-ca-20300131-235958-2.pem"], keptAgain[0]);
        Assert.Equal(3, new[] { old, renewed, again }.Select(one => one.FingerprintSha256).Distinct().Count());
        Assert.Equal(again.Pem, File.ReadAllText(_folder["mitmweb-ca-cert.pem"]));
        Assert.Equal("RSA 2048", again.KeyAlgorithm);
        Assert.DoesNotContain(old.Warnings, one => one.Contains("replaced an older one", StringComparison.Ordinal));
        Assert.Contains(again.Warnings, one => one.Contains("replaced an older one on 2030-01-31 23:59 UTC", StringComparison.Ordinal));
        time.Now = time.Now.AddDays(8);
        using var later = CertificateAuthority.LoadOrCreate(_folder.Path, KeyKind.Ecdsa, time);
        Assert.DoesNotContain(later.Warnings, one => one.Contains("replaced an older one", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept[0]));
        }
    }

    [Fact]
    public void Rotate_BrokenAuthority_IsReplaced()
    {
        File.WriteAllText(_folder["mitmweb-ca.pem"], "rubbish");

        using var renewed = CertificateAuthority.Rotate(_folder.Path, KeyKind.Ecdsa, TimeProvider.System, out var kept);

        Assert.Equal("rubbish", File.ReadAllText(Assert.Single(kept)));
        Assert.Equal("CN=mitmweb, O=mitmweb", renewed.Certificate.Subject);
    }

    [Fact]
    public void Rotate_NothingThere_MakesTheFirst()
    {
        using var first = CertificateAuthority.Rotate(_folder["new"], KeyKind.Ecdsa, TimeProvider.System, out var kept);

        Assert.Empty(kept);
        Assert.True(File.Exists(first.CertificatePath));
    }

    private async Task<string> MakeAsync(string form)
    {
        var (made, problem) = await Tool.RunAsync("openssl", [.. form.Split(' ')[..1], "-out", _folder["key.pem"], .. form.Split(' ')[1..]]);
        Assert.True(made, problem);
        var (signed, trouble) = await Tool.RunAsync(
            "openssl", "req", "-x509", "-new", "-key", _folder["key.pem"], "-passin", "pass:secret", "-subj", "/CN=My CA", "-days", "30", "-out", _folder["cert.pem"],
            "-addext", "keyUsage=critical,keyCertSign,cRLSign");
        Assert.True(signed, trouble);
        var file = _folder["ca file.pem"];
        await File.WriteAllTextAsync(file, await File.ReadAllTextAsync(_folder["key.pem"]) + await File.ReadAllTextAsync(_folder["cert.pem"]));
        return file;
    }
}
