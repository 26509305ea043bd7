using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Web.Setup;
using QRCoder;

namespace MitmWeb.Web.Tests.Setup;

public sealed class SetupSiteTests : IDisposable
{
    private const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
    private const string Mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15";
    private const string IPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 FxiOS/140.0 Mobile/15E148 Safari/605.1.15";
    private const string Android = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
    private const string LinuxFirefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

    private readonly string _folder = Directory.CreateTempSubdirectory("mitmweb-test-").FullName;
    private readonly CertificateAuthority _authority;
    private readonly SetupSite _site;

    public SetupSiteTests()
    {
        _authority = CertificateAuthority.LoadOrCreate(_folder, KeyKind.Ecdsa, TimeProvider.System);
        _site = new SetupSite(_authority);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("pem", "application/x-pem-file", "attachment; filename=\"mitmweb-ca-cert.pem\"")]
    [InlineData("cer", "application/x-x509-ca-cert", "inline; filename=\"mitmweb-ca-cert.cer\"")]
    [InlineData("p12", "application/x-pkcs12", "attachment; filename=\"mitmweb-ca-cert.p12\"")]
    [InlineData("mobileconfig", "application/x-apple-aspen-config", "inline; filename=\"mitmweb.mobileconfig\"")]
    public void Respond_Certificate_HasTheTypeThatDevicesInstall(string format, string contentType, string disposition)
    {
        var response = _site.Respond(Request($"/cert/{format}"));

        Assert.Equal(200, response.Status);
        Assert.Equal(contentType, response.ContentType);
        Assert.Equal(disposition, Header(response, "Content-Disposition"));
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.DoesNotContain("PRIVATE", Encoding.Latin1.GetString(response.Body.Span), StringComparison.Ordinal);
        Assert.Equal(_authority.Der, format switch
        {
            "pem" => X509Certificate2.CreateFromPem(Text(response)).RawData,
            "cer" => response.Body.ToArray(),
            "p12" => X509CertificateLoader.LoadPkcs12Collection(response.Body.Span, "").Single().RawData,
            _ => Convert.FromBase64String(XDocument.Parse(Text(response)).Descendants("data").Single().Value),
        });
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/cert")]
    [InlineData("/cert/key")]
    [InlineData("/cert/../mitmweb-ca.pem")]
    [InlineData("/<script>alert(1)</script>")]
    public void Respond_UnknownPath_IsThe404Page(string path)
    {
        var response = _site.Respond(Request(path));

        Assert.Equal(404, response.Status);
        Assert.Equal("text/html; charset=utf-8", response.ContentType);
        Assert.DoesNotContain("<script>alert", Text(response), StringComparison.Ordinal);
    }

    [Fact]
    public void Respond_Post_IsRefused()
    {
        var response = _site.Respond(Request("/") with { Method = "POST" });

        Assert.Equal(405, response.Status);
        Assert.Equal("GET, HEAD", Header(response, "Allow"));
    }

    [Fact]
    public void Respond_ThroughTheProxy_SaysSo()
    {
        var page = Text(_site.Respond(Request("/") with { Via = SetupVia.Proxy, Host = "mitm.it" }));

        Assert.Contains("You are connected through MitmWeb", page, StringComparison.Ordinal);
        Assert.Contains("data-check=\"https://mitm.it/check.svg\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("without the proxy", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Respond_ThroughTheProxyOverTls_SaysThatItWorks()
    {
        var page = Text(_site.Respond(Request("/") with { Via = SetupVia.Proxy, Host = "mitm.it", IsHttps = true }));

        Assert.Contains("This page came over HTTPS", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-check=", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(SetupVia.Dashboard), "127.0.0.1:8081", "127.0.0.1:8080")]
    [InlineData(nameof(SetupVia.Dashboard), "localhost:8081", "127.0.0.1:8080")]
    [InlineData(nameof(SetupVia.Dashboard), "10.0.0.5:8081", "10.0.0.5:8080")]
    [InlineData(nameof(SetupVia.Dashboard), "workstation:8081", "192.168.1.42:8080")]
    [InlineData(nameof(SetupVia.ProxyDirect), "10.0.0.5:8080", "10.0.0.5:8080")]
    [InlineData(nameof(SetupVia.ProxyDirect), "workstation:8080", "workstation:8080")]
    [InlineData(nameof(SetupVia.ProxyDirect), "[fd00::5]:8080", "[fd00::5]:8080")]
    [InlineData(nameof(SetupVia.ProxyDirect), "evil\"><script>:8080", "192.168.1.42:8080")]
    [InlineData(nameof(SetupVia.ProxyDirect), "$(reboot):8080", "192.168.1.42:8080")]
    [InlineData(nameof(SetupVia.ProxyDirect), "-x:8080", "192.168.1.42:8080")]
    public void Respond_WithoutTheProxy_NamesTheAddressToSet(string via, string host, string address)
    {
        var page = Text(_site.Respond(Request("/") with { Via = Enum.Parse<SetupVia>(via), Host = host, UserAgent = Mac }));

        Assert.Contains("This page was opened without the proxy", page, StringComparison.Ordinal);
        Assert.Contains($"Set the proxy to <b>{address}</b>, then open <a href=\"http://mitm.it/\">", page, StringComparison.Ordinal);
        Assert.Contains($"curl -x {(address.StartsWith('[') ? $"&#39;{address}&#39;" : address)} ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("You are connected", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Respond_ClientOnThisMachine_IsShownLoopback()
    {
        var page = Text(_site.Respond(Request("/") with { Via = SetupVia.Proxy, Host = "mitm.it", ClientAddress = IPAddress.Loopback }));

        Assert.Contains("""<code class="address">127.0.0.1:8080</code>""", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Respond_ProxyOnLoopbackOnly_SaysHowToOpenIt()
    {
        var page = Text(_site.Respond(Request("/") with { ProxyAddresses = ["127.0.0.1:8080"] }));

        Assert.Contains("--listen-host 0.0.0.0", page, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"qr\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Windows, "windows")]
    [InlineData(Mac, "macos")]
    [InlineData(IPhone, "ios")]
    [InlineData(Android, "android")]
    [InlineData(LinuxFirefox, "linux")]
    public void Respond_KnownBrowser_ShowsItsPlatformFirst(string userAgent, string platform)
    {
        var page = Text(_site.Respond(Request("/") with { UserAgent = userAgent }));

        var ids = Regex.Matches(page, "<details class=\"card\" id=\"([a-z]+)\"").Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(platform, ids[0]);
        Assert.Equal(Enum.GetNames<SetupPlatform>().Select(n => n.ToLowerInvariant()).Order(), ids.Order());
        Assert.Single(Regex.Matches(page, "<details [^>]* open>"));
    }

    [Fact]
    public void Respond_Firefox_ShowsItsOwnStoreOpen()
    {
        var page = Text(_site.Respond(Request("/") with { UserAgent = LinuxFirefox }));

        Assert.Contains("id=\"firefox\" open>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("")]
    [InlineData("curl/8.14.1")]
    public void Respond_OtherClient_ShowsAllAndNothingOfIt(string userAgent)
    {
        var page = Text(_site.Respond(Request("/") with { UserAgent = userAgent }));

        Assert.Contains("Choose what to set up", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Respond_Page_HoldsEverythingItself()
    {
        var response = _site.Respond(Request("/") with { Prefix = "/setup", UserAgent = Windows });
        var page = Text(response);

        Assert.Contains(_authority.FingerprintSha256, page, StringComparison.Ordinal);
        Assert.Contains("href=\"/setup/cert/mobileconfig\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/cert/", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(img|link|script|iframe)[^>]* (src|href)=\"(?!data:)", page);
        var policy = Header(response, "Content-Security-Policy");
        var script = Regex.Match(page, "<script>(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains($"'sha256-{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'", policy, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void Respond_Page_IsWellFormed()
    {
        var page = Text(_site.Respond(Request("/") with { UserAgent = LinuxFirefox }));
        var body = Regex.Match(page, "<body>(.*)<script>", RegexOptions.Singleline).Groups[1].Value;

        // But for one attribute our markup happens to be XML, so that a parser finds each tag left open and each value left unencoded.
        var parsed = XDocument.Parse($"<body>{body.Replace(" open>", " open=\"\">", StringComparison.Ordinal)}</body>");

        Assert.NotEmpty(parsed.Descendants("details"));
    }

    [Theory]
    [InlineData("", "http://192.168.1.42:8080/")]
    [InlineData("?address=10.0.0.5:8080", "http://10.0.0.5:8080/")]
    [InlineData("?address=10.0.0.5%3A8080", "http://10.0.0.5:8080/")]
    public void Respond_Qr_IsTheCodeOfTheAddress(string query, string url)
    {
        var response = _site.Respond(Request("/qr.svg") with { Query = query });

        Assert.Equal("image/svg+xml", response.ContentType);
        var svg = XDocument.Parse(Text(response)).Root!;
        using var generator = new QRCodeGenerator();
        using var expected = generator.CreateQrCode(url, QRCodeGenerator.ECCLevel.M);
        var size = expected.ModuleMatrix.Count;
        Assert.Equal($"0 0 {size} {size}", (string?)svg.Attribute("viewBox"));
        var painted = Modules((string)svg.Elements().Last().Attribute("d")!, size);
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                Assert.Equal(expected.ModuleMatrix[y][x], painted[y, x]);
            }
        }
    }

    [Theory]
    [InlineData("?address=203.0.113.9:8080")]
    [InlineData("?address=evil.example/x:80")]
    [InlineData("?address=")]
    public void Respond_QrOfAnotherAddress_Is404(string query) =>
        Assert.Equal(404, _site.Respond(Request("/qr.svg") with { Query = query }).Status);

    [Fact]
    public void Respond_Check_IsAPicture()
    {
        var response = _site.Respond(Request("/check.svg"));

        Assert.Equal("image/svg+xml", response.ContentType);
        Assert.Equal("no-store", Header(response, "Cache-Control"));
    }

    private static SetupRequest Request(string path) => new()
    {
        Via = SetupVia.Dashboard,
        Path = path,
        Host = "127.0.0.1:8081",
        ProxyAddresses = ["127.0.0.1:8080", "172.17.0.1:8080", "10.0.0.5:8080", "192.168.1.42:8080", "[fe80::1]:8080"],
        ProxyPort = 8080,
    };

    private static string Text(SetupResponse response) => Encoding.UTF8.GetString(response.Body.Span);

    private static string Header(SetupResponse response, string name) => response.Headers.Single(h => h.Key == name).Value;

    private static bool[,] Modules(string path, int size)
    {
        var modules = new bool[size, size];
        foreach (Match run in Regex.Matches(path, "M([0-9]+) ([0-9]+)h([0-9]+)v1h-([0-9]+)z"))
        {
            var numbers = run.Groups.Values.Skip(1).Select(g => int.Parse(g.Value, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(numbers[2], numbers[3]);
            for (var x = 0; x < numbers[2]; x++)
            {
                modules[numbers[1], numbers[0] + x] = true;
            }
        }

        return modules;
    }
}
