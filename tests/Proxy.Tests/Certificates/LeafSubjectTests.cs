using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Certificates;

public sealed class LeafSubjectTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("Example.COM", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example")]
    [InlineData("*.bücher.example.", "*.xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("my_host.example", "my_host.example")]
    [InlineData("127.1", "127.1")]
    [InlineData("1", "1")]
    public void ForHost_Name_IsADnsName(string host, string name)
    {
        var subject = LeafSubject.ForHost(host);

        Assert.Equal([name], subject.DnsNames);
        Assert.Equal(name, subject.CommonName);
        Assert.Empty(subject.Addresses);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("[::1]", "::1")]
    [InlineData("2001:DB8::00:1", "2001:db8::1")]
    [InlineData("fe80::1%3", "fe80::1")]
    public void ForHost_Address_IsAnAddress(string host, string address)
    {
        var subject = LeafSubject.ForHost(host);

        Assert.Equal([IPAddress.Parse(address)], subject.Addresses);
        Assert.Equal(address, subject.CommonName);
        Assert.Empty(subject.DnsNames);
    }

    [Fact]
    public void ForHost_LongName_HasNoCommonName()
    {
        var fits = new string('a', 60) + ".com";
        var tooLong = new string('a', 61) + ".com";

        Assert.Equal(fits, LeafSubject.ForHost(fits).CommonName);
        Assert.Null(LeafSubject.ForHost(tooLong).CommonName);
        Assert.Equal([tooLong], LeafSubject.ForHost(tooLong).DnsNames);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com")]
    public void ForHost_NoHost_Throws(string host) => Assert.Throws<ArgumentException>(() => LeafSubject.ForHost(host));

    [Fact]
    public void Equals_SameNames_AreEqual()
    {
        var a = LeafSubject.ForHost("EXAMPLE.com.");
        var b = LeafSubject.ForHost("example.com");

        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, b with { DnsNames = ["example.com", "example.org"] });
        Assert.NotEqual(a, b with { Addresses = [IPAddress.Loopback] });
        Assert.NotEqual(a, b with { CommonName = null });
    }

    [Fact]
    public void ForUpstream_CertificateWithNames_TakesThemAll()
    {
        using var folder = new TemporaryFolder();
        using var ca = CertificateAuthority.LoadOrCreate(folder.Path, KeyKind.Ecdsa, TimeProvider.System);
        using var leaves = new LeafCertificates(ca);
        var upstream = leaves.Get(new LeafSubject { DnsNames = ["a.example", "*.b.example"], Addresses = [IPAddress.Parse("192.0.2.1")] }).TargetCertificate;

        var subject = LeafSubject.ForUpstream(upstream, "a.example", "192.0.2.1", "not a host", "c.example");

        Assert.Equal(["a.example", "*.b.example", "c.example"], subject.DnsNames);
        Assert.Equal([IPAddress.Parse("192.0.2.1")], subject.Addresses);
        Assert.Equal("a.example", subject.CommonName);
    }

    [Fact]
    public void ForUpstream_ExtensionThatIsNoDer_IsPassedOver()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=a.example", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", [0x30, 0x03, 0x82, 0x09, 0x61], critical: false));
        using var upstream = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));

        var subject = LeafSubject.ForUpstream(upstream, "b.example");

        Assert.Equal(["a.example", "b.example"], subject.DnsNames);
    }

    [Fact]
    public void ForUpstream_MoreNamesThanAnybodyNeeds_AreCut()
    {
        using var upstream = TestCertificate.Create("CN=a.example", Enumerable.Range(0, 3000).Select(i => $"h{i}.example"));

        Assert.Equal(LeafSubject.MaxNames + 1, LeafSubject.ForUpstream(upstream, "b.example").DnsNames.Count);
    }
}
