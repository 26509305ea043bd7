using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Web.Setup;

/// <summary>
/// The set-up site: the page that explains how to point a device at the proxy and how to trust its authority, and the downloads. The
/// same site is served by the proxy on its magic host, by the proxy on its own address and by the dashboard under <c>/setup</c>.
/// </summary>
internal sealed class SetupSite(CertificateAuthority authority)
{
    private static readonly KeyValuePair<string, string>[] CommonHeaders =
    [
        new("X-Content-Type-Options", "nosniff"),
        new("Referrer-Policy", "no-referrer"),
        new("Cache-Control", "no-store"),
    ];

    /// <summary>The site's answer. There always is one: what the site does not have is its 404 page.</summary>
    public SetupResponse Respond(SetupRequest request)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            var refusal = Page(405, request, SetupPage.Message(request, "Only for reading", "This site can be read, not written to."));
            return refusal with { Headers = [.. refusal.Headers, new("Allow", "GET, HEAD")] };
        }

        var path = request.Path.Length > 1 ? request.Path.TrimEnd('/') : request.Path;
        return path switch
        {
            "/" or "" => Page(200, request, SetupPage.Render(request, authority)),
            "/qr.svg" => Qr(request),
            "/check.svg" => Image("""<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"""),
            _ when path == authority.RevocationListPath => new SetupResponse(200, "application/pkix-crl", CommonHeaders, authority.GetRevocationList()),
            _ when path.StartsWith("/cert/", StringComparison.Ordinal) && Certificate(path["/cert/".Length..]) is { } certificate => certificate,
            _ => Page(404, request, SetupPage.Message(request, "Nothing here", "The set-up site has no such page.")),
        };
    }

    /// <summary>
    /// The authority's certificate in one of its forms: <c>pem</c>, <c>cer</c>, <c>p12</c>, <c>mobileconfig</c>; null for any other.
    /// </summary>
    public SetupResponse? Certificate(string format) => format switch
    {
        "pem" => Download("application/x-pem-file", CertificateAuthority.PemFileName, Encoding.ASCII.GetBytes(authority.Pem)),
        "p12" => Download("application/x-pkcs12", CertificateAuthority.Pkcs12FileName, authority.Pkcs12),

        // Inline, so that Firefox, Android and iOS offer to install them instead of saving a file; other browsers save them all the same.
        "cer" => Download("application/x-x509-ca-cert", CertificateAuthority.CerFileName, authority.Der, "inline"),
        "mobileconfig" => Download("application/x-apple-aspen-config", "mitmweb.mobileconfig", Encoding.UTF8.GetBytes(authority.MobileConfig), "inline"),
        _ => null,
    };

    private static SetupResponse Qr(SetupRequest request)
    {
        var query = QueryHelpers.ParseQuery(request.Query);
        var address = query.TryGetValue("address", out var asked) ? ProxyAddress.Parse(asked.ToString()) : ProxyAddress.ForOthers(request);

        // Only for our own addresses, lest somebody uses the site to make codes that lead elsewhere.
        return address is not null && ProxyAddress.IsOurs(request, address)
            ? Image(QrCode.Svg($"http://{address}/"))
            : Page(404, request, SetupPage.Message(request, "No such address", "The proxy does not listen on that address."));
    }

    private static SetupResponse Image(string svg) => new(200, "image/svg+xml", CommonHeaders, Encoding.UTF8.GetBytes(svg));

    private static SetupResponse Download(string contentType, string name, byte[] content, string disposition = "attachment") =>
        new(200, contentType, [.. CommonHeaders, new("Content-Disposition", $"{disposition}; filename=\"{name}\"")], content);

    private static SetupResponse Page(int status, SetupRequest request, string html) => new(
        status,
        "text/html; charset=utf-8",
        [.. CommonHeaders, new("Content-Security-Policy", SetupPage.ContentSecurityPolicy(request))],
        Encoding.UTF8.GetBytes(html));
}
