using MitmWeb.Proxy.Audit;

namespace MitmWeb.Proxy.Tests.Audit;

/// <summary>Strict-Transport-Security, Set-Cookie, suites and pages as browsers read them.</summary>
public sealed class HeaderTests
{
    [Theory]
    [InlineData("max-age=31536000", 31536000, false, false)]
    [InlineData("MAX-AGE=1 ; includesubdomains; PRELOAD", 1, true, true)]
    [InlineData("max-age=\"10\"", 10, false, false)]
    [InlineData("; max-age=10;;", 10, false, false)]
    [InlineData("max-age=99999999999999999999", long.MaxValue, false, false)]
    [InlineData("other=1; max-age=10", 10, false, false)]
    public void Hsts_ThatBrowsersTake(string value, long maxAge, bool subdomains, bool preload)
    {
        Assert.True(HstsPolicy.TryParse(value, out var policy));
        Assert.Equal(new HstsPolicy(maxAge, subdomains, preload), policy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("includeSubDomains")]
    [InlineData("max-age")]
    [InlineData("max-age=")]
    [InlineData("max-age=-1")]
    [InlineData("max-age=1y")]
    [InlineData("max-age=1; max-age=1")]
    [InlineData("max-age=1; includeSubDomains=yes")]
    [InlineData("max-age=1, max-age=2")]
    public void Hsts_ThatBrowsersIgnore(string value) => Assert.False(HstsPolicy.TryParse(value, out _));

    [Theory]
    [InlineData("id=1", false, false, null, false)]
    [InlineData("id=1; secure ; HTTPONLY; samesite=LAX", true, true, "lax", false)]
    [InlineData("id=1; SameSite=Whatever", false, false, null, false)]
    [InlineData("id=; Max-Age=0", false, false, null, true)]
    [InlineData("id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", false, false, null, true)]
    [InlineData("id=; Expires=Thu, 01-Jan-1970 00:00:00 GMT", false, false, null, true)]
    [InlineData("id=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", false, false, null, false)]
    [InlineData("id=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", false, false, null, false)]
    public void Cookie_Attributes(string value, bool secure, bool httpOnly, string? sameSite, bool deletes)
    {
        var cookie = SetCookie.Parse(value, AuditedTraffic.Now)!;
        Assert.Equal(("id", secure, httpOnly, sameSite, deletes), (cookie.Name, cookie.Secure, cookie.HttpOnly, cookie.SameSite, cookie.IsDeletion));
    }

    [Theory]
    [InlineData("__Secure-a=1", "without Secure")]
    [InlineData("__Secure-a=1; Secure", null)]
    [InlineData("__host-a=1; Secure; Path=/; Domain=example.com", "with Domain")]
    [InlineData("__Host-a=1; Secure", "without Path=/")]
    [InlineData("__Host-a=1; Secure; Path=/", null)]
    [InlineData("a=1", null)]
    public void Cookie_Prefixes(string value, string? broken) => Assert.Equal(broken, SetCookie.Parse(value, AuditedTraffic.Now)!.BrokenPrefix);

    [Theory]
    [InlineData("")]
    [InlineData("; Secure")]
    public void Cookie_WithoutNameAndValue_IsNone(string value) => Assert.Null(SetCookie.Parse(value, AuditedTraffic.Now));

    [Theory]
    [InlineData("TLS_AES_256_GCM_SHA384", true, false, false, false)]
    [InlineData("TLS_CHACHA20_POLY1305_SHA256", true, false, false, false)]
    [InlineData("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", true, false, false, false)]
    [InlineData("TLS_RSA_WITH_AES_128_CBC_SHA", false, false, false, true)]
    [InlineData("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", true, false, true, false)]
    [InlineData("TLS_RSA_WITH_NULL_SHA256", false, true, false, false)]
    [InlineData("TLS_DH_anon_WITH_AES_128_CBC_SHA", false, true, false, true)]
    [InlineData("TLS_RSA_EXPORT_WITH_RC4_40_MD5", false, true, false, false)]
    [InlineData("TLS_DHE_RSA_WITH_DES_CBC_SHA", true, true, false, true)]
    public void Suites(string suite, bool forwardSecrecy, bool broken, bool weak, bool cbc) => Assert.Equal(
        (forwardSecrecy, broken, weak, cbc),
        (CipherStrength.HasForwardSecrecy(suite), CipherStrength.IsBroken(suite), CipherStrength.IsWeak(suite), CipherStrength.IsCbc(suite)));

    [Theory]
    [InlineData("<script>'<img src=http://a/>'</script><IMG SRC = 'http://b/'>", "Passive http://b/")]
    [InlineData("<!-- <a href=http://a/> --><a href=/c?x=1&amp;y=2>", "Link https://h/c?x=1&y=2")]
    [InlineData("<textarea><a href=x></textarea><form action=' /go '>", "Form https://h/go")]
    [InlineData("<link rel='preload stylesheet' href=s.css><link rel=canonical href=http://h/>", "Active https://h/d/s.css")]
    [InlineData("<a href='javascript:x()'><a href='mailto:x@y'><a href='http://[bad'><a>", "")]
    [InlineData("<button formaction=//o/x><meta http-equiv=Refresh content='0; url=http://n/'>", "Form https://o/x,Link http://n/")]
    [InlineData("<a href='http://cut.example/", "")]
    [InlineData("a < b <3 <img src=p.png", "")]
    public void Page_Addresses(string html, string expected) => Assert.Equal(
        expected, string.Join(',', PageContent.Read(html, new Uri("https://h/d/page")).Addresses.Select(one => $"{one.Use} {one.Target}")));

    [Fact]
    public void Page_OfManyAddresses_KeepsABoundedNumber() => Assert.Equal(
        PageContent.MaxAddresses,
        PageContent.Read(string.Concat(Enumerable.Repeat("<img src=/a>", PageContent.MaxAddresses + 10)), new Uri("https://h/")).Addresses.Count);
}
