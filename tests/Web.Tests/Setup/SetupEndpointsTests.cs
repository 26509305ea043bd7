using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Web.Setup;

namespace MitmWeb.Web.Tests.Setup;

public sealed class SetupEndpointsTests : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mitmweb-test-").FullName;
    private readonly HttpClient _client = new();
    private CertificateAuthority? _authority;
    private WebApplication? _app;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _authority = CertificateAuthority.LoadOrCreate(_folder, KeyKind.Ecdsa, TimeProvider.System);
        builder.Services.AddSingleton(_authority);
        builder.Services.AddSingleton<Func<IReadOnlyList<string>>>(() => ["127.0.0.1:18080", "192.168.1.42:18080"]);
        _app = builder.Build();
        _app.MapSetup();
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        await _app!.DisposeAsync();
        _authority!.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("/setup")]
    [InlineData("/setup/")]
    public async Task MapSetup_Page_HasTheProxysAddressAndItsOwnLinks(string path)
    {
        using var response = await _client.GetAsync(path);

        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("Set the proxy to <b>127.0.0.1:18080</b>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/setup/cert/pem\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/setup/cert/cer", "application/x-x509-ca-cert")]
    [InlineData("/api/certificate/cer", "application/x-x509-ca-cert")]
    [InlineData("/api/certificate/pem", "application/x-pem-file")]
    [InlineData("/api/certificate/p12", "application/x-pkcs12")]
    [InlineData("/api/certificate/mobileconfig", "application/x-apple-aspen-config")]
    [InlineData("/setup/qr.svg?address=192.168.1.42:18080", "image/svg+xml")]
    public async Task MapSetup_File_HasItsType(string path, string contentType)
    {
        using var response = await _client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.ContentType!.ToString());
        Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task MapSetup_Head_HasTheLengthOnly()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/setup/cert/cer");
        using var response = await _client.SendAsync(request);

        Assert.Equal(_authority!.Der.Length, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/setup/other", "text/html")]
    [InlineData("/api/certificate/key", "application/problem+json")]
    public async Task MapSetup_Unknown_Is404(string path, string contentType)
    {
        using var response = await _client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.ContentType!.MediaType);
    }
}
