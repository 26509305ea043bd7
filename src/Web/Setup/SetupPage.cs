using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Web.Setup;

/// <summary>The pages of the set-up site: whole in themselves, readable without scripts, nothing fetched from anywhere.</summary>
internal static class SetupPage
{
    private static readonly string ScriptHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(SetupStyle.Script.Text)));

    /// <summary>Only what is in the page itself may run; pictures may also come from the magic host, for the look at its certificate.</summary>
    public static string ContentSecurityPolicy(SetupRequest request) =>
        $"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{ScriptHash}'; img-src 'self' data: https://{request.MagicHost}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page with all steps.</summary>
    public static string Render(SetupRequest request, CertificateAuthority authority)
    {
        var address = ProxyAddress.ForClient(request);
        var guides = new SetupGuides(address, request.Prefix, request.MagicHost, authority.Certificate.Thumbprint).All;
        var detected = UserAgentPlatform.Detect(request.UserAgent);
        var mine = detected.Select(p => guides.Single(g => g.Platform == p)).ToList();
        var others = guides.Except(mine).ToList();

        return Layout("Set up", Html.Of($"""
            {Status(request, address)}
            <main>
            <section class="guide" aria-label="This device">
            {Guides(mine, mine.Count > 0 ? "Set up this device" : "", request, isMine: true)}
            </section>
            <section class="more">
            {Guides(others, mine.Count > 0 ? "Other devices and programs" : "Choose what to set up", request, isMine: false)}
            {Safety()}
            </section>
            {Side(request, address, authority, detected)}
            </main>
            """));
    }

    /// <summary>A page that only says something.</summary>
    public static string Message(SetupRequest request, string title, string text) => Layout(title, Html.Of($"""
        <main class="message"><h1>{title}</h1><p>{text}</p><a class="button" href="{request.Prefix}/">To the set-up page</a></main>
        """));

    private static Html Status(SetupRequest request, ProxyAddress address)
    {
        var magic = $"http://{request.MagicHost}/";
        if (request.Via != SetupVia.Proxy)
        {
            return Html.Of($"""
                <div class="status todo" role="status">{SetupIcons.Warning}<div>
                <h1>This page was opened without the proxy</h1>
                <p>Traffic of this browser is not recorded yet. Set the proxy to <b>{address.ToString()}</b>, then open <a href="{magic}">{magic}</a>.</p>
                </div></div>
                """);
        }

        return request.IsHttps
            ? Html.Of($"""
                <div class="status ok" role="status">{SetupIcons.Check}<div>
                <h1>You are connected through MitmWeb</h1>
                <p>This page came over HTTPS. If your browser did not warn about it, it trusts the certificate and everything is ready.</p>
                </div></div>
                """)
            : Html.Of($"""
                <div class="status ok" role="status">{SetupIcons.Check}<div>
                <h1>You are connected through MitmWeb</h1>
                <p>Plain HTTP of this browser is recorded. HTTPS needs the certificate, below.</p>
                <p id="trust" data-check="https://{request.MagicHost}/check.svg" aria-live="polite"><span class="ask">To see whether this browser trusts the certificate, open <a href="https://{request.MagicHost}/">https://{request.MagicHost}/</a>.</span><span class="yes">This browser trusts the certificate: HTTPS works.</span><span class="no">This browser does not trust the certificate yet.</span></p>
                </div></div>
                """);
    }

    private static Html Guides(List<SetupGuide> guides, string title, SetupRequest request, bool isMine) =>
        guides.Count == 0 ? Html.Empty : Html.Of($"""<h2>{title}</h2>{Html.Join(guides.Select((g, i) => Guide(g, request, isMine, isOpen: isMine && i == guides.Count - 1)))}""");

    private static Html Guide(SetupGuide guide, SetupRequest request, bool isMine, bool isOpen)
    {
        var proxied = isMine && request.Via == SetupVia.Proxy;
        return Html.Of($"""
            <details class="card" id="{guide.Platform.ToString().ToLowerInvariant()}"{(isOpen ? new Html(" open") : Html.Empty)}>
            <summary>{SetupIcons.Of(guide.Platform)}<b>{guide.Title}</b>{(isMine ? Html.Of($"""<span class="here">{(guide.Platform == SetupPlatform.Firefox ? "this browser" : "this device")}</span>""") : Html.Empty)}<span class="about">{guide.Summary}</span>{SetupIcons.Chevron}</summary>
            <ol class="steps">
            <li{(proxied ? new Html(" class=\"done\"") : Html.Empty)}><span class="n">{(proxied ? SetupIcons.Check : new Html("1"))}</span><h3>Send the traffic through the proxy{(proxied ? new Html("<span>done</span>") : Html.Empty)}</h3>{guide.Proxy}</li>
            <li><span class="n">2</span><h3>Trust the certificate</h3>{guide.Trust}</li>
            <li><span class="n">3</span><h3>Check</h3>{guide.Check ?? Html.Of($"""<p>Open <a href="https://{request.MagicHost}/">https://{request.MagicHost}/</a>: it opens without a warning when both steps worked.</p>""")}</li>
            <li><span class="n">↺</span><h3>When you are done</h3>{guide.Undo}</li>
            </ol></details>
            """);
    }

    private static Html Side(SetupRequest request, ProxyAddress address, CertificateAuthority authority, IReadOnlyList<SetupPlatform> detected)
    {
        var others = ProxyAddress.ForOthers(request);
        var isPhone = detected.Any(p => p is SetupPlatform.IOS or SetupPlatform.Android);
        var more = request.ProxyAddresses.Select(ProxyAddress.Parse).OfType<ProxyAddress>().Where(a => a != address && !a.IsLoopback).Select(a => a.ToString()).ToList();
        return Html.Of($"""
            <aside class="side">
            <section class="card"><h2>Proxy address</h2><code class="address">{address.ToString()}</code>
            {(more.Count > 0 ? Html.Of($"""<p class="small">Also {string.Join(", ", more)}</p>""") : Html.Empty)}</section>
            <section class="card"><h2>Certificate</h2>
            <div class="downloads">{Html.Join(Downloads().Select(d => Html.Of($"""<a class="button" href="{request.Prefix}/cert/{d.Format}" title="{d.About}">{SetupIcons.Download}{d.Name}</a>""")))}</div>
            <p class="small">SHA-256 fingerprint, to compare before you trust it:</p>
            <code class="fingerprint">{authority.FingerprintSha256}</code>
            <p class="small">{authority.KeyAlgorithm}, valid until {authority.NotAfter.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}</p></section>
            {(isPhone ? Html.Empty : Phone(others))}
            </aside>
            """);
    }

    private static Html Phone(ProxyAddress? others) => others is null
        ? Html.Of($"""
            <section class="card"><h2>Phones and other devices</h2><p class="small">The proxy listens on this machine only. Start it with <code>--listen-host 0.0.0.0</code> to let your network reach it.</p></section>
            """)
        : Html.Of($"""
            <section class="card wide"><h2>Phones and tablets</h2><div class="qr">{new Html(QrCode.Svg($"http://{others}/"))}</div>
            <p class="small">Scan it on the same network: it opens this page at <b>http://{others.ToString()}/</b></p></section>
            """);

    private static (string Format, string Name, string About)[] Downloads() =>
    [
        ("pem", "PEM", "For Linux, macOS, curl, Python, Node"),
        ("cer", "CER", "DER, for Windows, Android, Firefox"),
        ("p12", "P12", "PKCS #12, for Java and Windows"),
        ("mobileconfig", "Profile", "For iPhone, iPad and Mac"),
    ];

    private static Html Safety() => Html.Of($"""
        <h2>Is this safe?</h2>
        <div class="card safety"><ul>
        <li>The private key of this certificate was made on the machine that runs MitmWeb and never leaves it. Nobody else has it, and nobody else's MitmWeb can read your traffic.</li>
        <li>Whoever has that key can read the HTTPS traffic of every device that trusts this certificate. Install it only on devices that you use for testing.</li>
        <li>Compare the fingerprint with the one in the dashboard or in the terminal: this page may have come over an open network.</li>
        <li><b>Remove the certificate when you are done</b>, as the last step of each list says.</li>
        </ul></div>
        """);

    private static string Layout(string title, Html body) => Html.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <title>{title} – MitmWeb</title>
        <link rel="icon" href="data:,">
        <style>{SetupStyle.Css}</style>
        </head>
        <body>
        <header><div class="wrap">{SetupIcons.Logo}<span class="brand">MitmWeb</span><span class="where">Set-up</span></div></header>
        <div class="wrap">
        {body}
        <footer>MitmWeb, the intercepting proxy in your browser.</footer>
        </div>
        <script>{SetupStyle.Script}</script>
        </body>
        </html>
        """).Text;
}
