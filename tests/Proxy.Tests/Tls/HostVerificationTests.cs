namespace MitmWeb.Proxy.Tests.Tls;

public sealed class HostVerificationTests
{
    private const string Hash = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";

    [Theory]
    [InlineData("example.com=skip", "example.com", VerificationKind.Skip, null)]
    [InlineData("*.Example.com.=verify", "*.example.com", VerificationKind.Verify, null)]
    [InlineData("h=sha256:" + Hash, "h", VerificationKind.Pin, Hash)]
    [InlineData("h=sha256:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff", "h", VerificationKind.Pin, Hash)]
    [InlineData("h=sha256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=", "h", VerificationKind.Pin, Hash)]
    public void TryParse_Rule_IsRead(string text, string pattern, VerificationKind kind, string? hash)
    {
        Assert.True(HostVerification.TryParse(text, out var rule));
        Assert.Equal(new HostVerification(pattern, kind, hash), rule);
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("=skip")]
    [InlineData("h=maybe")]
    [InlineData("h=sha256:")]
    [InlineData("h=sha256:1234")]
    [InlineData("h=sha1:1234")]
    public void TryParse_Rubbish_IsRefused(string text) => Assert.False(HostVerification.TryParse(text, out _));

    [Theory]
    [InlineData("example.com", "EXAMPLE.com", true)]
    [InlineData("example.com", "www.example.com", false)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "badexample.com", false)]
    [InlineData("*", "::1", true)]
    public void Fits_Host(string pattern, string host, bool expected) =>
        Assert.Equal(expected, new HostVerification(pattern, VerificationKind.Skip).Fits(host));
}
