using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Proxy.Tests.Certificates;

public sealed class RevocationListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(KeyKind.Ecdsa)]
    [InlineData(KeyKind.Rsa)]
    public async Task List_Openssl_FindsTheLeafUnrevoked(KeyKind kind)
    {
        using var ca = CertificateAuthority.LoadOrCreate(_folder.Path, kind, TimeProvider.System);
        using var leaves = new LeafCertificates(ca, revocationList: new Uri("http://mitm.it" + ca.RevocationListPath));
        await File.WriteAllTextAsync(_folder["leaf.pem"], leaves.Get(LeafSubject.ForHost("example.com")).TargetCertificate.ExportCertificatePem());
        await File.WriteAllBytesAsync(_folder["list.crl"], ca.GetRevocationList());

        var (converted, problem) = await Tool.RunAsync("openssl", "crl", "-inform", "DER", "-in", _folder["list.crl"], "-out", _folder["list.pem"]);
        Assert.True(converted, problem);
        var (ok, output) = await Tool.RunAsync(
            "openssl", "verify", "-x509_strict", "-crl_check", "-purpose", "sslserver", "-CAfile", ca.CertificatePath, "-CRLfile", _folder["list.pem"], _folder["leaf.pem"]);
        Assert.True(ok, output);

        var (_, text) = await Tool.RunAsync("openssl", "x509", "-noout", "-text", "-in", _folder["leaf.pem"]);
        Assert.Contains("URI:http://mitm.it" + ca.RevocationListPath, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KeyKind.Ecdsa)]
    [InlineData(KeyKind.Rsa)]
    public async Task List_Gnutls_FindsTheLeafValid(KeyKind kind)
    {
        if (!Tool.Exists("certtool"))
        {
            Console.WriteLine("Skipped: this machine has no certtool (package gnutls-bin).");
            return;
        }

        using var ca = CertificateAuthority.LoadOrCreate(_folder.Path, kind, TimeProvider.System);
        using var leaves = new LeafCertificates(ca, revocationList: new Uri("http://mitm.it" + ca.RevocationListPath));
        await File.WriteAllTextAsync(_folder["leaf.pem"], leaves.Get(LeafSubject.ForHost("example.com")).TargetCertificate.ExportCertificatePem());
        await File.WriteAllBytesAsync(_folder["list.crl"], ca.GetRevocationList());
        await Tool.RunAsync("openssl", "crl", "-inform", "DER", "-in", _folder["list.crl"], "-out", _folder["list.pem"]);

        var (ok, output) = await Tool.RunAsync(
            "certtool", "--verify", "--verify-hostname", "example.com", "--verify-purpose", "1.3.6.1.5.5.7.3.1",
            "--load-ca-certificate", ca.CertificatePath, "--load-crl", _folder["list.pem"], "--infile", _folder["leaf.pem"]);
        Assert.True(ok, output);
        Assert.Contains("Chain verification output: Verified", output, StringComparison.Ordinal);

        var (listOk, listOutput) = await Tool.RunAsync("certtool", "--verify-crl", "--load-ca-certificate", ca.CertificatePath, "--infile", _folder["list.pem"]);
        Assert.True(listOk && listOutput.Contains("Verified", StringComparison.Ordinal), listOutput);
    }

    [Fact]
    public void List_IsKeptForADayAndThenMadeAnew()
    {
        var time = new FixedTime(DateTimeOffset.UtcNow);
        using var ca = CertificateAuthority.LoadOrCreate(_folder.Path, KeyKind.Ecdsa, time);
        var first = ca.GetRevocationList();

        time.Now = time.Now.AddHours(23);
        Assert.Same(first, ca.GetRevocationList());
        time.Now = time.Now.AddHours(2);
        var second = ca.GetRevocationList();

        CertificateRevocationListBuilder.Load(first, out var firstNumber);
        CertificateRevocationListBuilder.Load(second, out var secondNumber);
        Assert.True(secondNumber > firstNumber);
    }

    [Fact]
    public void Leaf_WithoutAnAddress_NamesNoList()
    {
        using var ca = CertificateAuthority.LoadOrCreate(_folder.Path, KeyKind.Ecdsa, TimeProvider.System);
        using var leaves = new LeafCertificates(ca);

        Assert.DoesNotContain(leaves.Get(LeafSubject.ForHost("example.com")).TargetCertificate.Extensions, one => one.Oid!.Value == "2.5.29.31");
    }
}
