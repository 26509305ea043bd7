using System.Net;
using System.Text;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Web.Tests.Api;

public sealed class AuditEndpointsTests
{
    private static readonly TlsDetails Tls = new() { Version = "TLS 1.3", CipherSuite = "TLS_AES_128_GCM_SHA256" };

    [Fact]
    public async Task Get_NothingCaptured_IsAnEmptyReport()
    {
        await using var dashboard = await Dashboard.Start();

        var report = await dashboard.Json("/api/audit");

        Assert.Empty(report.GetProperty("hosts").EnumerateArray());
        Assert.Equal(dashboard.Store.Session.Id, report.GetProperty("session").GetString());
    }

    [Fact]
    public async Task Get_TrafficWasCaptured_JudgesItsHosts_AndNoticesMore()
    {
        await using var dashboard = await Dashboard.Start();
        var flow = await dashboard.Record(host: "a.example.com", body: Encoding.UTF8.GetBytes("<script src=http://a.example.com/x.js></script>"), headers: "Content-Type: text/html\r\n", server: Tls);

        var host = Assert.Single((await dashboard.Json("/api/audit")).GetProperty("hosts").EnumerateArray());

        Assert.Equal(("a.example.com", "D"), (host.GetProperty("host").GetString(), host.GetProperty("grade").GetString()));
        var finding = host.GetProperty("findings")[0];
        Assert.Equal(("mixed-active", "high"), (finding.GetProperty("id").GetString(), finding.GetProperty("severity").GetString()));
        Assert.Equal(flow.Id, finding.GetProperty("flows")[0].GetInt64());
        Assert.NotEmpty(finding.GetProperty("fix").GetString()!);

        await dashboard.Record(host: "b.example.com", server: Tls);
        Assert.Equal(2, (await dashboard.Json("/api/audit")).GetProperty("hosts").GetArrayLength());
    }

    [Fact]
    public async Task GetFlow_OneFlow_GivesItsFindingsAlone()
    {
        await using var dashboard = await Dashboard.Start();
        var flow = await dashboard.Record(host: "a.example.com", headers: "Set-Cookie: id=1\r\n", server: Tls);
        await dashboard.Record(host: "a.example.com", headers: "Strict-Transport-Security: max-age=soon\r\n", server: Tls);

        var findings = (await dashboard.Json($"/api/flows/{flow.Id}/audit")).EnumerateArray().Select(finding => finding.GetProperty("id").GetString()).ToArray();

        Assert.Contains("cookie-not-secure", findings);
        Assert.DoesNotContain("hsts-invalid", findings);
        await dashboard.Json("/api/flows/999/audit", HttpStatusCode.NotFound);
        await dashboard.Json("/api/flows/x/audit", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Get_HostsAreNamed_GivesThemAlone()
    {
        await using var dashboard = await Dashboard.Start();
        foreach (var host in new[] { "a.example.com", "b.example.com", "example.org" })
        {
            await dashboard.Record(host: host, server: Tls);
        }

        Assert.Equal(["example.org"], await Hosts("?host=example.org"));
        Assert.Equal(["a.example.com", "example.org"], await Hosts("?host=a.example.com&host=example.org"));
        Assert.Equal(["a.example.com", "b.example.com"], await Hosts("?host=*.example.com"));

        async Task<string[]> Hosts(string query) =>
            [.. (await dashboard.Json("/api/audit" + query)).GetProperty("hosts").EnumerateArray().Select(host => host.GetProperty("host").GetString()!).Order()];
    }

    [Fact]
    public async Task Get_HostCannotBeRead_IsRefusedInWords()
    {
        await using var dashboard = await Dashboard.Start();

        var problem = await dashboard.Json("/api/audit?host=a%20b", HttpStatusCode.BadRequest);

        Assert.Contains("a b", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithoutToken_IsRefused()
    {
        await using var dashboard = await Dashboard.Start();
        using var answer = await dashboard.Anonymous.GetAsync("/api/audit");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
