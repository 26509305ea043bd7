using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using MitmWeb.Proxy.Audit;
using static MitmWeb.Proxy.Tests.Audit.AuditedTraffic;

namespace MitmWeb.Proxy.Tests.Audit;

/// <summary>Every rule twice: traffic that breaks it, and the nearest traffic that does not.</summary>
public sealed class RuleTests
{
    private const string Page = "https://example.com/page";
    private const string PlainPage = "http://example.com/page";

    private static readonly Dictionary<string, (Func<AuditedTraffic, Task> Breaks, Func<AuditedTraffic, Task> Keeps)> Cases = new()
    {
        ["tls-obsolete"] = (with => with.Add(Page, tls: TlsOf("SSL 3.0", "TLS_RSA_WITH_AES_128_CBC_SHA")), with => with.Add(Page, tls: TlsOf("TLS 1.0", "TLS_RSA_WITH_AES_128_CBC_SHA"))),
        ["tls-deprecated"] = (with => with.Add(Page, tls: TlsOf("TLS 1.1", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")), with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))),
        ["tls-no-tls13"] = (with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")), with => with.Add(Page)),
        ["client-tls-deprecated"] = (with => with.Add(Page, clientTls: TlsOf("TLS 1.0", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")), with => with.Add(Page, clientTls: TlsOf("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))),
        ["tls-failed"] = (with => with.Add(Page, tls: TlsOf("", ""), answered: false), with => with.Add(Page, tls: TlsOf("", "", error: "it is self-signed."), answered: false)),
        ["cipher-broken"] = (with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_ECDHE_RSA_WITH_RC4_128_SHA")), with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"))),
        ["cipher-weak"] = (with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA")), with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"))),
        ["cipher-cbc"] = (with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384")), with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"))),
        ["no-forward-secrecy"] = (with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256")), with => with.Add(Page, tls: TlsOf("TLS 1.2", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"))),
        ["certificate-untrusted"] = (with => with.Add(Page, tls: Shown(Certificate(), "its issuer is not a CA that this machine trusts.")), with => with.Add(Page, tls: Shown(Certificate(), null))),
        ["certificate-expired"] = (with => with.Add(Page, tls: Shown(Certificate(fromDays: -90, toDays: -1), "it has expired.")), with => with.Add(Page, tls: Shown(Certificate(), null))),
        ["certificate-not-yet-valid"] = (with => with.Add(Page, tls: Shown(Certificate(fromDays: 1), "it is not valid yet.")), with => with.Add(Page, tls: Shown(Certificate(), null))),
        ["certificate-wrong-host"] = (with => with.Add(Page, tls: Shown(Certificate("example.org"), "it is not for 'example.com'.")), with => with.Add(Page, tls: Shown(Certificate("example.com"), "it is self-signed."))),
        ["certificate-expires-soon"] = (with => with.Add(Page, tls: Shown(Certificate(toDays: 13), null)), with => with.Add(Page, tls: Shown(Certificate(toDays: 15), null))),
        ["certificate-weak-key"] = (with => with.Add(Page, tls: Shown(Certificate(key: RSA.Create(1024)), null)), with => with.Add(Page, tls: Shown(Certificate(key: RSA.Create(2048)), null))),
        ["certificate-weak-signature"] = (with => with.Add(Page, tls: Shown(Certificate(sha1: true), null)), with => with.Add(Page, tls: Shown(Certificate(sha1: false), null))),
        ["hsts-missing"] = (with => with.Add(Page), with => with.Add(Page, headers: GoodHsts)),
        ["hsts-invalid"] = (with => with.Add(Page, headers: "Strict-Transport-Security: max-age=1; max-age=2\r\n"), with => with.Add(Page, headers: "Strict-Transport-Security: max-age=\"31536000\"; other\r\n")),
        ["hsts-off"] = (with => with.Add(Page, headers: "Strict-Transport-Security: max-age=0\r\n"), with => with.Add(Page, headers: "Strict-Transport-Security: max-age=1\r\n")),
        ["hsts-short"] = (with => with.Add(Page, headers: "Strict-Transport-Security: max-age=15767999\r\n"), with => with.Add(Page, headers: "Strict-Transport-Security: max-age=15768000\r\n")),
        ["hsts-partial"] = (Both(with => with.Add(Page, headers: GoodHsts), with => with.Add(Page)), Both(with => with.Add(Page, headers: GoodHsts), with => with.Add(Page, headers: GoodHsts))),
        ["hsts-twice"] = (with => with.Add(Page, headers: GoodHsts + GoodHsts), with => with.Add(Page, headers: GoodHsts)),
        ["hsts-no-subdomains"] = (with => with.Add(Page, headers: "Strict-Transport-Security: max-age=31536000\r\n"), with => with.Add(Page, headers: GoodHsts)),
        ["hsts-over-http"] = (with => with.Add(PlainPage, headers: GoodHsts), with => with.Add(Page, headers: GoodHsts)),
        ["hsts-preload-unmet"] = (with => with.Add(Page, headers: "Strict-Transport-Security: max-age=31536000; preload\r\n"), with => with.Add(Page, headers: GoodHsts)),
        ["http-content"] = (with => with.Add(PlainPage), with => with.Add(PlainPage, status: 301, headers: "Location: https://example.com/page\r\n")),
        ["http-loopback"] = (with => with.Add("http://localhost/"), with => with.Add("http://localhost.example.com/")),
        ["http-form"] = (with => with.Add(PlainPage, body: "<form action=https://example.com/go>"), with => with.Add(Page, body: "<form action=/go>")),
        ["http-password"] = (with => with.Add(PlainPage, body: "<form><input type='password'></form>"), with => with.Add(PlainPage, body: "<form><input type='text'></form>")),
        ["http-page-to-https"] = (with => with.Add(PlainPage, body: "<a href='https://www.example.com/'>in</a>"), with => with.Add(PlainPage, body: "<a href='https://example.org/'>out</a>")),
        ["http-redirect-open"] = (Both(Redirect(301), with => with.Add(Page)), Both(Redirect(301), with => with.Add(Page, headers: GoodHsts))),
        ["http-redirect-temporary"] = (Redirect(302), Redirect(308)),
        ["http-redirect-elsewhere"] = (with => with.Add(PlainPage, status: 301, headers: "Location: https://www.example.com/page\r\n"), Redirect(301)),
        ["http-redirect-to-http"] = (with => with.Add(PlainPage, status: 301, headers: "Location: /other\r\n"), Redirect(301)),
        ["https-to-http"] = (with => with.Add(Page, status: 302, headers: "Location: http://example.com/\r\n"), with => with.Add(Page, status: 302, headers: "Location: /\r\n")),
        ["mixed-active"] = (with => with.Add(Page, body: "<script src=http://cdn.example.net/a.js></script>"), with => with.Add(Page, body: "<script src=//cdn.example.net/a.js></script><img src=http://cdn.example.net/a.png>")),
        ["mixed-passive"] = (with => with.Add(Page, body: "<img srcset='/a.png 1x, http://cdn.example.net/a.png 2x'>"), with => with.Add(Page, body: "<img src=/a.png><!-- <img src=http://x/> -->")),
        ["form-to-http"] = (with => with.Add(Page, body: "<form method=post action='http://example.com/go'>"), with => with.Add(Page, body: "<form method=post action='//example.com/go'>")),
        ["link-to-http"] = (with => with.Add(Page, body: "<a href=http://example.com/next>"), with => with.Add(Page, body: "<a href=http://example.org/next>")),
        ["link-to-http-elsewhere"] = (with => with.Add(Page, body: "<a href=http://example.org/next>"), with => with.Add(Page, body: "<a href=http://example.com/next>")),
        ["cookie-not-secure"] = (with => with.Add(Page, headers: "Set-Cookie: id=1; HttpOnly\r\n"), with => with.Add(Page, headers: "Set-Cookie: id=1; SECURE\r\nSet-Cookie: old=; Max-Age=0\r\n")),
        ["cookie-set-over-http"] = (with => with.Add(PlainPage, headers: "Set-Cookie: id=1\r\n"), with => with.Add(PlainPage, headers: "Set-Cookie: id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n")),
        ["cookie-sent-over-http"] = (with => with.Add(PlainPage, requestHeaders: "Cookie: id=1; theme=dark\r\n"), with => with.Add(Page, requestHeaders: "Cookie: id=1\r\n")),
        ["cookie-refused"] = (with => with.Add(Page, headers: "Set-Cookie: __Host-id=1; Secure; Path=/app\r\n"), with => with.Add(Page, headers: "Set-Cookie: __Host-id=1; Secure; Path=/\r\n")),
        ["cookie-not-httponly"] = (with => with.Add(Page, headers: "Set-Cookie: id=1; Secure\r\n"), with => with.Add(Page, headers: "Set-Cookie: id=1; Secure; HttpOnly\r\n")),
        ["cookie-no-samesite"] = (with => with.Add(Page, headers: "Set-Cookie: id=1; Secure\r\n"), with => with.Add(Page, headers: "Set-Cookie: id=1; Secure; SameSite=Lax\r\n")),
        ["http-credentials"] = (with => with.Add("http://example.com/", requestHeaders: "Authorization: Basic YTpi\r\n"), with => with.Add("https://example.com/", requestHeaders: "Authorization: Basic YTpi\r\n")),
    };

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Rule_TrafficBreaksIt_IsFoundWithItsFlow(string id)
    {
        await using var traffic = new AuditedTraffic();
        await Cases[id].Breaks(traffic);

        var found = Assert.Single((await traffic.Host()).Findings, finding => finding.Rule.Id == id);

        Assert.NotEmpty(found.Flows);
        Assert.All(found.Flows, flow => Assert.NotNull(traffic.Store.GetFlow(flow)));
        Assert.True(found.Count >= found.Flows.Count);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Rule_TrafficKeepsIt_IsNotFound(string id)
    {
        await using var traffic = new AuditedTraffic();
        await Cases[id].Keeps(traffic);

        Assert.DoesNotContain((await traffic.Host()).Findings, finding => finding.Rule.Id == id);
    }

    [Fact]
    public void Cases_CoverEveryRule() =>
        Assert.Equal(AuditRules.All.Select(rule => rule.Id).Except(["certificate-ended-since"]).Order(), Cases.Keys.Order());

    [Fact]
    public async Task CertificateEndedSince_ValidWhenCaptured_IsANoteAndNoMore()
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add(Page, headers: GoodHsts, tls: Shown(Certificate(toDays: 60), null));

        var then = await traffic.Host();
        var later = await traffic.Host(Now.AddDays(61));

        Assert.DoesNotContain(then.Findings, finding => finding.Rule == AuditRules.CertificateEndedSince);
        Assert.Contains(later.Findings, finding => finding.Rule == AuditRules.CertificateEndedSince);
        Assert.Equal("A+", later.Grade);
    }

    [Fact]
    public async Task HttpCredentials_PasswordInAForm_IsFoundWithoutItsValue()
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add(
            "http://example.com/login", "POST", requestHeaders: "Content-Type: application/x-www-form-urlencoded\r\n", requestBody: "user=ada&password=secret1");

        var found = Assert.Single((await traffic.Host()).Findings, finding => finding.Rule == AuditRules.HttpCredentials);

        Assert.DoesNotContain("secret1", string.Join(' ', found.Details), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user=ada&theme=dark")]
    [InlineData("user=ada&password=")]
    public async Task HttpCredentials_NoPasswordInTheForm_IsNotFound(string form)
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add("http://example.com/login", "POST", requestHeaders: "Content-Type: application/x-www-form-urlencoded\r\n", requestBody: form);

        Assert.DoesNotContain((await traffic.Host()).Findings, finding => finding.Rule == AuditRules.HttpCredentials);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task MixedActive_PageIsCompressed_IsFound(string coding)
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add(
            Page,
            headers: $"Content-Type: text/html\r\nContent-Encoding: {coding}\r\n",
            bodyBytes: Compress(coding, "<p>" + new string('x', 200_000) + "<script src='http://cdn.example.net/a.js'></script>"));

        Assert.Contains((await traffic.Host()).Findings, finding => finding.Rule == AuditRules.MixedActive);
    }

    [Theory]
    [InlineData("Content-Security-Policy: default-src 'self'; upgrade-insecure-requests\r\n", "")]
    [InlineData("", "<meta http-equiv=Content-Security-Policy content='upgrade-insecure-requests'>")]
    public async Task MixedContent_PageHasBrowsersUpgrade_IsNotFound(string headers, string meta)
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add(
            Page, headers: headers, body: meta + "<script src=http://a.example/></script><img src=http://a.example/><form action=http://a.example/></form><a href=http://example.com/>");

        Assert.DoesNotContain(
            (await traffic.Host()).Findings,
            finding => finding.Rule.Id.StartsWith("mixed", StringComparison.Ordinal) || finding.Rule == AuditRules.FormToHttp || finding.Rule == AuditRules.LinkToHttp);
    }

    [Fact]
    public async Task MixedContent_BaseIsHttp_CountsForRelativeAddresses()
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add(Page, body: "<base href='http://example.com/'><script src=a.js></script>");

        Assert.Contains((await traffic.Host()).Findings, finding => finding.Rule == AuditRules.MixedActive && finding.Details[0].EndsWith("http://example.com/a.js", StringComparison.Ordinal));
    }

    private static MitmWeb.Proxy.Flows.TlsDetails Shown(byte[] certificate, string? error) => TlsOf("TLS 1.3", "TLS_AES_128_GCM_SHA256", certificate, error);

    private static Func<AuditedTraffic, Task> Redirect(int status) =>
        with => with.Add(PlainPage, status: status, headers: "Location: https://example.com/page\r\n");

    private static Func<AuditedTraffic, Task> Both(Func<AuditedTraffic, Task> one, Func<AuditedTraffic, Task> other) => async with =>
    {
        await one(with);
        await other(with);
    };

    private static byte[] Compress(string coding, string text)
    {
        var memory = new MemoryStream();
        using (Stream stream = coding switch
        {
            "gzip" => new GZipStream(memory, CompressionLevel.Fastest),
            "br" => new BrotliStream(memory, CompressionLevel.Fastest),
            _ => new ZLibStream(memory, CompressionLevel.Fastest),
        })
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return memory.ToArray();
    }
}
