using System.Net;
using System.Net.Http.Headers;
using MitmWeb.Web.Tests.Api;

namespace MitmWeb.Web.Tests.Security;

public sealed class SecurityTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/flows")]
    [InlineData("/assets/none.js")]
    public async Task Page_WithoutAToken_SaysWhereItIs(string path)
    {
        await using var dashboard = await Dashboard.Start();
        using var response = await dashboard.Anonymous.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("?token=", page, StringComparison.Ordinal);
        Assert.Contains("--web-password", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/state")]
    [InlineData("GET", "/api/openapi.json")]
    [InlineData("GET", "/api/flows/1/request/body")]
    [InlineData("DELETE", "/api/flows")]
    [InlineData("POST", "/hub/negotiate?negotiateVersion=1")]
    [InlineData("GET", "/hub")]
    [InlineData("GET", "/api/state?token=the-right-token")]
    public async Task Api_WithoutAToken_AnswersWithAProblem(string method, string path)
    {
        await using var dashboard = await Dashboard.Start();
        await dashboard.Record();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await dashboard.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(1, (await dashboard.Json("/api/flows")).GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData("/setup", "set up")]
    [InlineData("/setup/android", "android")]
    public async Task Setup_WithoutAToken_IsOpenByAnyName(string path, string answer)
    {
        await using var dashboard = await Dashboard.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = "some.phone.knows.me";
        using var response = await dashboard.Anonymous.SendAsync(request);
        Assert.Equal(answer, await response.Content.ReadAsStringAsync());
        using var beside = await dashboard.Anonymous.GetAsync("/setup-not");
        Assert.Equal(HttpStatusCode.Unauthorized, beside.StatusCode);
    }

    [Fact]
    public async Task Page_WithTheToken_SetsACookieThatOpensEverything()
    {
        await using var dashboard = await Dashboard.Start();
        using var signIn = await dashboard.Anonymous.GetAsync($"/flows?token={Dashboard.Token}&filter=a%20b");
        Assert.Equal(HttpStatusCode.Redirect, signIn.StatusCode);
        Assert.Equal("/flows?filter=a%20b", signIn.Headers.Location!.ToString());
        var cookie = signIn.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith($"mitmweb-{dashboard.Address.Port}=", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Dashboard.Token, cookie, StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/state");
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var state = await dashboard.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, state.StatusCode);
    }

    [Theory]
    [InlineData("//evil.example/?token=the-right-token")]
    [InlineData("/%5Cevil.example/?token=the-right-token")]
    public async Task Page_WithTheTokenAndATrickyPath_StaysHere(string path)
    {
        await using var dashboard = await Dashboard.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(dashboard.Address.GetLeftPart(UriPartial.Authority) + path));
        using var response = await dashboard.Anonymous.SendAsync(request);
        var target = new Uri(dashboard.Address, response.Headers.Location?.OriginalString ?? "/");
        Assert.Equal(dashboard.Address.Authority, target.Authority);
    }

    [Fact]
    public async Task Token_Wrong_IsRefusedAndTheRightOneStillPasses()
    {
        await using var dashboard = await Dashboard.Start();
        for (var i = 0; i < 20; i++)
        {
            using var page = await dashboard.Anonymous.GetAsync($"/?token=wrong{i}");
            Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);
            Assert.False(page.Headers.Contains("Set-Cookie"));
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/state");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Dashboard.Token + "x");
        using var wrong = await dashboard.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var cookie = new HttpRequestMessage(HttpMethod.Get, "/api/state");
        cookie.Headers.Add("Cookie", $"mitmweb-{dashboard.Address.Port}={Dashboard.Token}");
        using var notTheToken = await dashboard.Anonymous.SendAsync(cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, notTheToken.StatusCode);
        await dashboard.Json("/api/state");
    }

    [Theory]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("localhost:8081", true)]
    [InlineData("10.1.2.3:8081", true)]
    [InlineData("[::1]:8081", true)]
    [InlineData("mitm.localhost", true)]
    [InlineData("proxy.office.example", true)]
    public async Task Host_NotOurs_IsRefusedEvenWithTheToken(string host, bool ours)
    {
        await using var dashboard = await Dashboard.Start(options => options.AllowedHosts.Add("proxy.office.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/state");
        request.Headers.Host = host;
        using var response = await dashboard.Client.SendAsync(request);
        Assert.Equal(ours ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("DELETE", "/api/flows", "http://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/api/flows", "null", null, HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/api/flows", "http://127.0.0.1:1", null, HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/api/flows", null, "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/api/flows", null, "same-site", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/api/state", "http://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("POST", "/hub/negotiate?negotiateVersion=1", "http://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("GET", "/hub", null, "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/api/flows", "self", "same-origin", HttpStatusCode.OK)]
    [InlineData("DELETE", "/api/flows", "http://localhost:5173", null, HttpStatusCode.OK)]
    [InlineData("DELETE", "/api/flows", null, null, HttpStatusCode.OK)]
    [InlineData("POST", "/hub/negotiate?negotiateVersion=1", "self", null, HttpStatusCode.OK)]
    public async Task Origin_NotOurs_IsRefusedEvenWithTheToken(string method, string path, string? origin, string? site, HttpStatusCode expected)
    {
        await using var dashboard = await Dashboard.Start(options => options.AllowedOrigins.Add("http://localhost:5173"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin == "self" ? dashboard.Address.GetLeftPart(UriPartial.Authority) : origin);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using var response = await dashboard.Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/state")]
    [InlineData("/setup")]
    public async Task Headers_OnEveryAnswer_KeepTheBrowserSafe(string path)
    {
        await using var dashboard = await Dashboard.Start();
        foreach (var client in new[] { dashboard.Client, dashboard.Anonymous })
        {
            using var response = await client.GetAsync(path);
            Assert.Contains("frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        }
    }
}
