namespace MitmWeb.Proxy.Tests.Tls;

public sealed class HostVerificationTests
{
    private const string Hash = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";

    [Theory]
    [InlineData("example.com=skip", "example.com", VerificationKind.Skip, null)]
    [InlineData("*.Example.com.=verify", "*.example.com", VerificationKind.Verify, null)]
    [InlineData("*=skip", "*", VerificationKind.Skip, null)]
    [InlineData("[::1]=skip", "::1", VerificationKind.Skip, null)]
    [InlineData("h=sha256:" + Hash, "h", VerificationKind.Pin, Hash)]
    [InlineData("h=sha256:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff", "h", VerificationKind.Pin, Hash)]
    [InlineData("h=sha256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=", "h", VerificationKind.Pin, Hash)]
    public void TryParse_Rule_IsRead(string text, string pattern, VerificationKind kind, string? hash)
    {
        Assert.True(HostVerification.TryParse(text, out var rule));
        Assert.Equal((pattern, kind, hash), (rule.Hosts.ToString(), rule.Kind, rule.Sha256));
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("=skip")]
    [InlineData("*.*=skip")]
    [InlineData("h=maybe")]
    [InlineData("h=sha256:")]
    [InlineData("h=sha256:1234")]
    [InlineData("h=sha1:1234")]
    public void TryParse_Rubbish_IsRefused(string text) => Assert.False(HostVerification.TryParse(text, out _));
}
