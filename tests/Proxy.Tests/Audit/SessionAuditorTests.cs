using MitmWeb.Proxy.Audit;
using MitmWeb.Proxy.Storage;
using static MitmWeb.Proxy.Tests.Audit.AuditedTraffic;

namespace MitmWeb.Proxy.Tests.Audit;

public sealed class SessionAuditorTests
{
    [Fact]
    public async Task Run_NothingCaptured_HasNoHosts()
    {
        await using var traffic = new AuditedTraffic();

        var report = await traffic.Report();

        Assert.Empty(report.Hosts);
        Assert.Equal(0, report.Flows);
    }

    [Fact]
    public async Task RunFlow_OneFlow_HasItsFindingsAlone()
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add("http://example.com/", body: "<input type=password>");
        var cookie = await traffic.Add("https://example.com/", headers: GoodHsts + "Set-Cookie: id=1; HttpOnly; SameSite=Lax\r\n");

        Assert.Equal(AuditRules.CookieNotSecure, Assert.Single((await traffic.FlowFindings(cookie))!, finding => finding.Rule.Severity > AuditSeverity.Note).Rule);
        Assert.Contains((await traffic.FlowFindings(cookie - 1))!, finding => finding.Rule == AuditRules.HttpPassword);
        Assert.Null(await traffic.FlowFindings(cookie + 1));
    }

    [Theory]
    [InlineData("A+", "https://example.com/", GoodHsts, "")]
    [InlineData("A", "https://10.0.0.7/", "", "")]
    [InlineData("B", "https://example.com/", "", "")]
    [InlineData("C", "https://example.com/", GoodHsts + "Set-Cookie: id=1\r\n", "")]
    [InlineData("D", "https://example.com/", GoodHsts, "<script src=http://example.com/a.js></script>")]
    [InlineData("F", "http://example.com/", "", "<input type=password>")]
    [InlineData(null, "http://127.0.0.1/", "", "<input type=password>")]
    public async Task Grade_IsWhatTheWorstFindingAllows(string? grade, string url, string headers, string body)
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add(url, headers: headers, body: body);

        var host = await traffic.Host();

        Assert.Equal(grade, host.Grade);
        Assert.NotEmpty(host.Reasons);
    }

    [Fact]
    public async Task Hosts_TheWorstFirst_AndThoseAskedForAlone()
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add("https://good.example.com/", headers: GoodHsts);
        await traffic.Add("http://localhost/");
        await traffic.Add("http://bad.example.org/");
        await traffic.Add("https://Fair.example.com/");

        Assert.Equal(["bad.example.org", "fair.example.com", "good.example.com", "localhost"], (await traffic.Report()).Hosts.Select(host => host.Host));
        Assert.Equal(["fair.example.com", "good.example.com"], (await traffic.Report(null, "*.example.com")).Hosts.Select(host => host.Host));
        Assert.Equal(["bad.example.org"], (await traffic.Report(null, "bad.example.org")).Hosts.Select(host => host.Host));
    }

    [Fact]
    public async Task Tls_SeveralConnections_AreCountedByVersionAndSuite()
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add("https://example.com/", tls: TlsOf("TLS 1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256"));
        var first = await traffic.Add("https://example.com/");
        await traffic.Add("https://example.com/");

        var host = await traffic.Host();

        Assert.Equal(
            [new TlsUse("TLS 1.3", "TLS_AES_128_GCM_SHA256", true, 2, first), new TlsUse("TLS 1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256", false, 1, first - 1)],
            host.ServerTls);
        Assert.Equal(3, Assert.Single(host.ClientTls).Flows);
        Assert.DoesNotContain(host.Findings, finding => finding.Rule == AuditRules.TlsNoTls13);
    }

    [Fact]
    public async Task Certificate_IsListedOnceWithItsFacts()
    {
        await using var traffic = new AuditedTraffic();
        var certificate = Certificate();
        await traffic.Add("https://example.com/", tls: TlsOf("TLS 1.3", "TLS_AES_128_GCM_SHA256", certificate, "it is self-signed."));
        await traffic.Add("https://example.com/", tls: TlsOf("TLS 1.3", "TLS_AES_128_GCM_SHA256", certificate, "it is self-signed."));

        var shown = Assert.Single((await traffic.Host()).Certificates);

        Assert.Equal(("CN=example.com", "CN=Test CA", "ECDSA P-256", "it is self-signed."), (shown.Subject, shown.Issuer, shown.Key, shown.Error));
        Assert.Equal(Now.AddDays(60), shown.NotAfter);
    }

    [Theory]
    [InlineData("max-age=31536000; includeSubDomains; preload", true, new string[0])]
    [InlineData("max-age=31535999; preload", true, new[] { "max-age of at least a year (31536000)", "includeSubDomains" })]
    [InlineData("max-age=31536000; includeSubDomains", false, new[] { "preload", "a redirect from http to https on the same host", "nothing but redirects over http" })]
    public async Task Preload_TellsWhatIsMissing(string header, bool redirects, string[] missing)
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add("https://example.com/", headers: $"Strict-Transport-Security: {header}\r\n");
        await (redirects
            ? traffic.Add("http://example.com/", status: 301, headers: "Location: https://example.com/\r\n")
            : traffic.Add("http://example.com/"));

        var hsts = (await traffic.Host()).Hsts!;

        Assert.Equal(header, hsts.Header);
        Assert.Equal(missing, hsts.PreloadMissing);
    }

    [Fact]
    public async Task Flows_ChangedByMitmWeb_OrAnsweredByIt_AreLeftOut()
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add("http://example.com/", modifiedBy: "ssl-strip");
        await traffic.Add("http://mitm.it/", local: true);

        var report = await traffic.Report();

        Assert.Empty(report.Hosts);
        Assert.Equal((0, 1), (report.Flows, report.ModifiedFlows));
    }

    [Fact]
    public async Task Run_MoreFlowsThanOneBatch_TakesAllOnce()
    {
        await using var traffic = new AuditedTraffic();
        for (var i = 0; i < 1203; i++)
        {
            await traffic.Add($"http://example.com/{i}");
        }

        var report = await traffic.Report();

        Assert.Equal(1203, report.Flows);
        var content = Assert.Single(Assert.Single(report.Hosts).Findings, finding => finding.Rule == AuditRules.ContentOverHttp);
        Assert.Equal(1203, content.Count);
        Assert.Equal(10, content.Flows.Count);
        Assert.Equal(10, content.Details.Count);
    }

    [Fact]
    public async Task View_WhileTheStoreIsOpen_ReadsWhatIsCommitted_AndChangesNothing()
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add("https://example.com/");
        await traffic.Store.Flush();

        using var view = SessionView.Open(traffic.Path);
        var before = SessionAuditor.Run(view, [], TimeProvider.System).Flows;
        await traffic.Add("https://example.com/again");
        await traffic.Store.Flush();

        Assert.Equal(1, before);
        Assert.Equal(2, SessionAuditor.Run(view, [], TimeProvider.System).Flows);
        Assert.Equal(traffic.Store.Session, view.Session);
    }

    [Fact]
    public async Task View_AfterTheStoreIsClosed_ReadsIt_AndTheStoreOpensAgain()
    {
        await using var traffic = new AuditedTraffic();
        await traffic.Add("https://example.com/");
        await traffic.Store.DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(traffic.Path);

        using (var view = SessionView.Open(traffic.Path))
        {
            Assert.Equal(1, SessionAuditor.Run(view, [], TimeProvider.System).Flows);
        }

        Assert.Equal(bytes, await File.ReadAllBytesAsync(traffic.Path));
        await using var again = FlowStore.Open(traffic.Path);
        Assert.Equal(1, again.GetStats().Flows);
    }

    [Fact]
    public void View_NotASession_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("mitmweb-audit-");
        try
        {
            var missing = Path.Combine(folder.FullName, "missing.mitmweb");
            var foreign = Path.Combine(folder.FullName, "foreign.txt");
            File.WriteAllText(foreign, "not a session");

            Assert.Contains("There is no session file", Assert.Throws<SessionFileException>(() => SessionView.Open(missing)).Message, StringComparison.Ordinal);
            Assert.Contains("is not a MitmWeb session", Assert.Throws<SessionFileException>(() => SessionView.Open(foreign)).Message, StringComparison.Ordinal);
            Assert.Contains("is a folder", Assert.Throws<SessionFileException>(() => SessionView.Open(folder.FullName)).Message, StringComparison.Ordinal);
            Assert.False(File.Exists(missing));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
