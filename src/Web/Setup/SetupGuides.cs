namespace MitmWeb.Web.Setup;

/// <summary>The steps for each platform, with the real address of the proxy and the real certificate in them.</summary>
/// <param name="address">The proxy, as the reader reaches it.</param>
/// <param name="prefix">Where the site begins, for links.</param>
/// <param name="magicHost">The host that serves the certificate to those who use the proxy.</param>
/// <param name="thumbprint">The SHA-1 of the certificate in hexadecimal, by which systems name it for removal.</param>
internal sealed class SetupGuides(ProxyAddress address, string prefix, string magicHost, string thumbprint)
{
    private const string PemFile = Proxy.Certificates.CertificateAuthority.PemFileName;
    private const string CerFile = Proxy.Certificates.CertificateAuthority.CerFileName;
    private const string Pkcs12File = Proxy.Certificates.CertificateAuthority.Pkcs12FileName;

    private string Url => address.Host.Contains(':', StringComparison.Ordinal) ? $"'http://{address}'" : $"http://{address}";

    /// <summary>The proxy as an argument of a command; shells read the brackets of an IPv6 address as a pattern.</summary>
    private string Argument => address.ToString() is var text && text.StartsWith('[') ? $"'{text}'" : text;

    private string Host => address.Host;

    private string Port => address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>All guides, in the order of the page.</summary>
    public IReadOnlyList<SetupGuide> All =>
        [Windows(), MacOS(), Linux(), IOS(), Android(), Firefox(), CommandLine(), Node(), Python(), Java(), Docker()];

    private SetupGuide Windows() => new(
        SetupPlatform.Windows, "Windows", "Edge, Chrome and everything that uses the system's settings",
        Html.Of($"""
            <p><b>Settings</b> → <b>Network &amp; internet</b> → <b>Proxy</b> → <b>Manual proxy setup</b> → <b>Set up</b>: turn it on and enter</p>
            {Fields()}
            """),
        Html.Of($"""
            <p>{Button("cer", "Download the certificate")}</p>
            <ul><li>Open the file and choose <b>Install Certificate…</b> → <b>Current User</b>.</li>
            <li>Choose <b>Place all certificates in the following store</b> → <b>Browse…</b> → <b>Trusted Root Certification Authorities</b>. The store that Windows picks by itself is the wrong one.</li>
            <li>Compare the thumbprint that Windows asks about: <code>{thumbprint}</code></li></ul>
            <p>Or in a terminal, without administrator rights:</p>
            {Command($"""
                curl.exe -x {Argument} -o {CerFile} {magicHost}/cert/cer
                certutil -user -addstore Root {CerFile}
                """)}
            """),
        Html.Of($"""
            <p>Turn the proxy off where you turned it on, then in a terminal:</p>
            {Command($"certutil -user -delstore Root {thumbprint}")}
            """));

    private SetupGuide MacOS() => new(
        SetupPlatform.MacOS, "macOS", "Safari, Chrome and everything that uses the system's settings",
        Html.Of($"""
            <p><b>System Settings</b> → <b>Network</b> → your network → <b>Details…</b> → <b>Proxies</b>: turn on <b>Web proxy (HTTP)</b> and <b>Secure web proxy (HTTPS)</b>, both with</p>
            {Fields()}
            <p>Or in Terminal, when the network is called Wi-Fi:</p>
            {Command($"""
                networksetup -setwebproxy Wi-Fi {Host} {Port}
                networksetup -setsecurewebproxy Wi-Fi {Host} {Port}
                """)}
            """),
        Html.Of($"""
            <p>In Terminal:</p>
            {Command($"""
                curl -x {Argument} -o {PemFile} {magicHost}/cert/pem
                sudo security add-trusted-cert -d -r trustRoot \
                  -k /Library/Keychains/System.keychain {PemFile}
                """)}
            <p>Or by hand: {Link("pem", "download the certificate")}, open it with <b>Keychain Access</b>, double-click <b>mitmweb</b>, unfold <b>Trust</b> and choose <b>Always Trust</b>.</p>
            """),
        Html.Of($"""
            {Command($"""
                networksetup -setwebproxystate Wi-Fi off
                networksetup -setsecurewebproxystate Wi-Fi off
                sudo security delete-certificate -Z {thumbprint} -t \
                  /Library/Keychains/System.keychain
                """)}
            """));

    private SetupGuide Linux() => new(
        SetupPlatform.Linux, "Linux", "Debian, Ubuntu, Fedora, Arch and Chromium",
        Html.Of($"""
            <p>GNOME: <b>Settings</b> → <b>Network</b> → <b>Proxy</b> → <b>Manual</b>, for HTTP and HTTPS {Inline(Host)} and {Inline(Port)}. In a terminal:</p>
            {Command($"""
                export http_proxy={Url}
                export https_proxy=$http_proxy
                export HTTP_PROXY=$http_proxy HTTPS_PROXY=$http_proxy
                """)}
            """),
        Html.Of($"""
            <p>Debian, Ubuntu:</p>
            {Command($"""
                sudo curl -x {Argument} {magicHost}/cert/pem \
                  -o /usr/local/share/ca-certificates/mitmweb.crt
                sudo update-ca-certificates
                """)}
            <p>Fedora, RHEL:</p>
            {Command($"""
                sudo curl -x {Argument} {magicHost}/cert/pem \
                  -o /etc/pki/ca-trust/source/anchors/mitmweb.pem
                sudo update-ca-trust
                """)}
            <p>Arch:</p>
            {Command($"""
                curl -x {Argument} -o {PemFile} {magicHost}/cert/pem
                sudo trust anchor --store {PemFile}
                """)}
            <p>Chromium and Chrome keep a store of their own (<code>certutil</code> is in <code>libnss3-tools</code> or <code>nss-tools</code>):</p>
            {Command($"""
                curl -x {Argument} -o {PemFile} {magicHost}/cert/pem
                mkdir -p "$HOME/.pki/nssdb"
                certutil -d sql:"$HOME/.pki/nssdb" -A -t C,, -n mitmweb -i {PemFile}
                """)}
            """),
        Html.Of($"""
            <p>Debian, Ubuntu:</p>
            {Command("sudo rm /usr/local/share/ca-certificates/mitmweb.crt && sudo update-ca-certificates --fresh")}
            <p>Fedora, RHEL:</p>
            {Command("sudo rm /etc/pki/ca-trust/source/anchors/mitmweb.pem && sudo update-ca-trust")}
            <p>Arch:</p>
            {Command($"sudo trust anchor --remove {PemFile}")}
            <p>Chromium:</p>
            {Command("certutil -d sql:\"$HOME/.pki/nssdb\" -D -n mitmweb")}
            """));

    private SetupGuide IOS() => new(
        SetupPlatform.IOS, "iPhone and iPad", "Two steps to trust: install, then enable",
        Html.Of($"""
            <p><b>Settings</b> → <b>Wi-Fi</b> → the <b>(i)</b> beside your network → <b>Configure Proxy</b> → <b>Manual</b>:</p>
            {Fields()}
            """),
        Html.Of($"""
            <p>{Button("mobileconfig", "Download the profile")}</p>
            <ul><li><b>Install it:</b> use Safari for the download and tap <b>Allow</b>. Then <b>Settings</b> → <b>Profile Downloaded</b> → <b>Install</b>.</li>
            <li><b>Enable it:</b> <b>Settings</b> → <b>General</b> → <b>About</b> → <b>Certificate Trust Settings</b>, and turn on <b>mitmweb</b>. Without this second step nothing is trusted.</li></ul>
            <p class="note">Apps that pin their own certificates still refuse, whatever you install.</p>
            """),
        Html.Of($"""
            <p><b>Settings</b> → <b>General</b> → <b>VPN &amp; Device Management</b> → <b>MitmWeb certificate authority</b> → <b>Remove Profile</b>; set <b>Configure Proxy</b> to <b>Off</b>.</p>
            """));

    private SetupGuide Android() => new(
        SetupPlatform.Android, "Android", "Browsers at once; apps only where they allow it",
        Html.Of($"""
            <p><b>Settings</b> → <b>Network &amp; internet</b> → <b>Internet</b> → the gear of your Wi-Fi → the pencil → <b>Advanced options</b> → <b>Proxy</b> → <b>Manual</b>:</p>
            {Fields()}
            <p>Over USB or in an emulator, without any Wi-Fi settings:</p>
            {Command($"""
                adb reverse tcp:{Port} tcp:{Port}
                adb shell settings put global http_proxy localhost:{Port}
                """)}
            """),
        Html.Of($"""
            <p>{Button("cer", "Download the certificate")}</p>
            <ul><li>Set a screen lock, if there is none: Android asks for it.</li>
            <li><b>Settings</b> → <b>Security &amp; privacy</b> → <b>More security &amp; privacy</b> → <b>Encryption &amp; credentials</b> → <b>Install a certificate</b> → <b>CA certificate</b> → <b>Install anyway</b>, and pick the file. The names differ a little between makers; searching the settings for “CA certificate” finds it.</li></ul>
            <p class="note"><b>What this does not reach:</b> since Android 7, apps trust certificates that users install only when they say so. Chrome does. Firefox does after a switch (<b>About Firefox</b>, tap the logo five times, then <b>Secret Settings</b> → <b>Use third party CA certificates</b>). Most other apps do not.</p>
            <p>In your own app, allow it for debug builds: <code>res/xml/network_security_config.xml</code></p>
            {Command("""
                <network-security-config>
                  <debug-overrides>
                    <trust-anchors>
                      <certificates src="user" />
                      <certificates src="system" />
                    </trust-anchors>
                  </debug-overrides>
                </network-security-config>
                """)}
            <p>and in the manifest <code>&lt;application android:networkSecurityConfig="@xml/network_security_config"&gt;</code>. Other apps need a rooted device or emulator, where the certificate can go into the system's store.</p>
            """),
        Html.Of($"""
            <p><b>Encryption &amp; credentials</b> → <b>User credentials</b> (or <b>Trusted credentials</b> → <b>User</b>) → <b>mitmweb</b> → <b>Remove</b>; set <b>Proxy</b> to <b>None</b>. After <code>adb</code>:</p>
            {Command("adb shell settings put global http_proxy :0")}
            """));

    private SetupGuide Firefox() => new(
        SetupPlatform.Firefox, "Firefox", "Has its own proxy settings and its own trust store",
        Html.Of($"""
            <p><b>Settings</b> → <b>General</b> → <b>Network Settings</b> → <b>Settings…</b> → <b>Manual proxy configuration</b>: enter the HTTP proxy and tick <b>Also use this proxy for HTTPS</b>.</p>
            {Fields()}
            """),
        Html.Of($"""
            <p>{Button("cer", "Open the certificate")}</p>
            <p>Firefox asks at once: tick <b>Trust this CA to identify websites</b>. If it saved the file instead: <b>Settings</b> → <b>Privacy &amp; Security</b> → <b>View Certificates…</b> → <b>Authorities</b> → <b>Import…</b></p>
            <p class="note">On Windows and macOS, Firefox also trusts what you have added to the system, unless that was turned off.</p>
            """),
        Html.Of($"""<p><b>View Certificates…</b> → <b>Authorities</b> → <b>mitmweb</b> → <b>Delete or Distrust…</b>; set <b>Network Settings</b> back to <b>Use system proxy settings</b>.</p>"""));

    private SetupGuide CommandLine() => new(
        SetupPlatform.CommandLine, "curl and other commands", "curl, wget, git, Go, Ruby, .NET on Linux",
        Html.Of($"""
            <p>For everything that this shell starts:</p>
            {Command($"""
                export http_proxy={Url}
                export https_proxy=$http_proxy
                export HTTP_PROXY=$http_proxy HTTPS_PROXY=$http_proxy
                """)}
            """),
        Html.Of($"""
            {Command($"""
                curl -x {Argument} -o {PemFile} {magicHost}/cert/pem
                export SSL_CERT_FILE="$PWD/{PemFile}"
                export CURL_CA_BUNDLE="$SSL_CERT_FILE" GIT_SSL_CAINFO="$SSL_CERT_FILE"
                """)}
            <p>One request only:</p>
            {Command($"curl -x {Argument} --cacert {PemFile} https://example.com/")}
            <p class="note">Go, Ruby, OpenSSL and .NET on Linux read <code>SSL_CERT_FILE</code>; wget takes <code>--ca-certificate={PemFile}</code>.</p>
            """),
        Html.Of($"""{Command("""
                unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
                unset SSL_CERT_FILE CURL_CA_BUNDLE GIT_SSL_CAINFO
                """)}"""))
    {
        Check = Html.Of($"""{Command($"curl -sS https://{magicHost}/check.svg")}<p>It prints a line of SVG when both steps worked.</p>"""),
    };

    private SetupGuide Node() => new(
        SetupPlatform.Node, "Node.js", "fetch, http and https",
        Html.Of($"""
            {Command($"""
                export HTTP_PROXY={Url}
                export HTTPS_PROXY=$HTTP_PROXY NODE_USE_ENV_PROXY=1
                """)}
            <p class="note">Node 22.21 and 24 on take the proxy from there. Before, set it in the code, with undici's <code>ProxyAgent</code> for <code>fetch</code>.</p>
            """),
        Html.Of($"""
            {Command($"""
                curl -x {Argument} -o {PemFile} {magicHost}/cert/pem
                export NODE_EXTRA_CA_CERTS="$PWD/{PemFile}"
                """)}
            """),
        Html.Of($"""{Command("unset HTTP_PROXY HTTPS_PROXY NODE_USE_ENV_PROXY NODE_EXTRA_CA_CERTS")}"""))
    {
        Check = Html.Of($"""{Command($"node -e \"fetch('https://{magicHost}/check.svg').then(r => console.log(r.status))\"")}<p>It prints 200 when both steps worked.</p>"""),
    };

    private SetupGuide Python() => new(
        SetupPlatform.Python, "Python", "requests, httpx, urllib, pip",
        Html.Of($"""
            {Command($"""
                export HTTP_PROXY={Url}
                export HTTPS_PROXY=$HTTP_PROXY
                """)}
            <p class="note">aiohttp reads them only in a <code>ClientSession(trust_env=True)</code>.</p>
            """),
        Html.Of($"""
            {Command($"""
                curl -x {Argument} -o {PemFile} {magicHost}/cert/pem
                export SSL_CERT_FILE="$PWD/{PemFile}"
                export REQUESTS_CA_BUNDLE="$SSL_CERT_FILE" PIP_CERT="$SSL_CERT_FILE"
                """)}
            """),
        Html.Of($"""{Command("unset HTTP_PROXY HTTPS_PROXY REQUESTS_CA_BUNDLE SSL_CERT_FILE PIP_CERT")}"""))
    {
        Check = Html.Of($"""
            {Command($"""
                python3 -c "from urllib.request import urlopen
                print(urlopen('https://{magicHost}/check.svg').status)"
                """)}
            <p>It prints 200 when both steps worked.</p>
            """),
    };

    private SetupGuide Java() => new(
        SetupPlatform.Java, "Java", "JVM programs, Gradle, Maven",
        Html.Of($"""
            <p>For every Java program that this shell starts, the proxy and a trust store made for it:</p>
            {Command($"""
                curl -x {Argument} -o {Pkcs12File} {magicHost}/cert/p12
                export JAVA_TOOL_OPTIONS="-Dhttp.proxyHost={Host} -Dhttp.proxyPort={Port} \
                  -Dhttps.proxyHost={Host} -Dhttps.proxyPort={Port} \
                  -Djavax.net.ssl.trustStore=$PWD/{Pkcs12File} \
                  -Djavax.net.ssl.trustStoreType=PKCS12"
                """)}
            """),
        Html.Of($"""
            <p>The lines above do it. To trust it in the whole JDK instead (Java 9 on):</p>
            {Command($"""
                curl -x {Argument} -o {PemFile} {magicHost}/cert/pem
                keytool -importcert -cacerts -storepass changeit -noprompt \
                  -alias mitmweb -file {PemFile}
                """)}
            """),
        Html.Of($"""
            {Command("""
                unset JAVA_TOOL_OPTIONS
                keytool -delete -cacerts -storepass changeit -alias mitmweb
                """)}
            """))
    {
        Check = Html.Of($"""<p>Run your program: its requests appear in the dashboard. A <code>PKIX path building failed</code> means that it uses another trust store.</p>"""),
    };

    private SetupGuide Docker() => new(
        SetupPlatform.Docker, "Docker", "Containers and builds",
        Html.Of($"""
            <p>Containers reach this machine as <code>host.docker.internal</code>. The proxy must listen on more than 127.0.0.1 for that.</p>
            {Command($"""
                docker run --add-host=host.docker.internal:host-gateway \
                  -e HTTP_PROXY=http://host.docker.internal:{Port} \
                  -e HTTPS_PROXY=http://host.docker.internal:{Port} \
                  -v "$PWD/{PemFile}:/mitmweb.pem:ro" \
                  -e SSL_CERT_FILE=/mitmweb.pem -e CURL_CA_BUNDLE=/mitmweb.pem \
                  -e REQUESTS_CA_BUNDLE=/mitmweb.pem \
                  -e NODE_EXTRA_CA_CERTS=/mitmweb.pem \
                  IMAGE
                """)}
            """),
        Html.Of($"""
            <p>Before the command above, get the certificate:</p>
            {Command($"curl -x {Argument} -o {PemFile} {magicHost}/cert/pem")}
            <p>Or put it into the system store of an image (Debian, Ubuntu, Alpine with <code>ca-certificates</code>):</p>
            {Command($"""
                COPY {PemFile} /usr/local/share/ca-certificates/mitmweb.crt
                RUN update-ca-certificates
                """)}
            """),
        Html.Of($"""<p>Start the container without these options; never publish an image that trusts this certificate.</p>"""))
    {
        Check = Html.Of($"""<p>In the container: <code>curl -sS https://{magicHost}/check.svg</code> prints a line of SVG when both steps worked.</p>"""),
    };

    private Html Fields() => Html.Of($"""<dl class="fields"><div><dt>Address</dt><dd><code>{Host}</code></dd></div><div><dt>Port</dt><dd><code>{Port}</code></dd></div></dl>""");

    private Html Button(string format, string text) => Html.Of($"""<a class="button" href="{prefix}/cert/{format}">{SetupIcons.Download}{text}</a>""");

    private Html Link(string format, string text) => Html.Of($"""<a href="{prefix}/cert/{format}">{text}</a>""");

    private static Html Inline(string text) => Html.Of($"""<code>{text}</code>""");

    private static Html Command(string text) => Html.Of($"""<div class="command"><pre tabindex="0"><code>{text}</code></pre></div>""");
}
