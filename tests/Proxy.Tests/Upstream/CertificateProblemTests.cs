using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Tests.Support;
using MitmWeb.Proxy.Upstream;

namespace MitmWeb.Proxy.Tests.Upstream;

public sealed class CertificateProblemTests
{
    [Fact]
    public void Of_Trusted_IsNull() => Assert.Null(CertificateProblem.Of(SslPolicyErrors.None, null, null, "a"));

    [Theory]
    [InlineData(SslPolicyErrors.RemoteCertificateNotAvailable)]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors)]
    public void Of_None_SaysThatThereIsNone(SslPolicyErrors errors) =>
        Assert.Equal("the server sent no certificate.", CertificateProblem.Of(errors, null, null, "a")!.Text);

    [Theory]
    [InlineData("a.test", 30, "it is self-signed.")]
    [InlineData("b.test", 30, "it is not for 'a.test' but for b.test; it is self-signed.")]
    [InlineData("a.test", -3, "it expired on ")]
    [InlineData("a.test", 90, "it is not valid before ")]
    public void Of_EachReason_IsSaid(string name, int daysLeft, string expected)
    {
        // Certificates of the test's own are valid for 60 days.
        using var certificate = RawServer.SelfSigned(name, DateTimeOffset.UtcNow.AddDays(daysLeft));
        using var chain = new X509Chain { ChainPolicy = { RevocationMode = X509RevocationMode.NoCheck } };
        Assert.False(chain.Build(certificate));
        var errors = SslPolicyErrors.RemoteCertificateChainErrors | (name == "a.test" ? 0 : SslPolicyErrors.RemoteCertificateNameMismatch);

        var reason = CertificateProblem.Of(errors, certificate, chain, "a.test")!.Text;

        Assert.StartsWith(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_UnknownTrouble_IsNeverSilence()
    {
        using var certificate = RawServer.SelfSigned("a.test");

        Assert.False(string.IsNullOrWhiteSpace(CertificateProblem.Of(SslPolicyErrors.RemoteCertificateChainErrors, certificate, null, "a.test")!.Text));
    }

    [Fact]
    public void Of_TheFix_NamesTheHost()
    {
        using var certificate = RawServer.SelfSigned("a.test");

        var problem = CertificateProblem.Of(SslPolicyErrors.RemoteCertificateNameMismatch, certificate, null, "b.test");

        Assert.Contains("--ssl-verify-host b.test=skip", problem!.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("--ssl-verify-upstream-trusted-ca", problem.Fix, StringComparison.Ordinal);
    }
}
