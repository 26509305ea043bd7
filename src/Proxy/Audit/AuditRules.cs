using static MitmWeb.Proxy.Audit.AuditSeverity;

namespace MitmWeb.Proxy.Audit;

/// <summary>Everything that the audit looks for. docs/audit.md lists the same rules; a test compares the two.</summary>
public static class AuditRules
{
    public static readonly AuditRule TlsObsolete = new(
        "tls-obsolete", Critical, "SSL 2 or SSL 3 is spoken",
        "These versions are broken: whoever is on the way can read what passes.",
        "Switch SSL 2 and SSL 3 off; offer TLS 1.2 and TLS 1.3.",
        "RFC 6176; RFC 7568");

    public static readonly AuditRule TlsDeprecated = new(
        "tls-deprecated", High, "TLS 1.0 or TLS 1.1 is spoken",
        "These versions rest on MD5 and SHA-1 and have been given up by browsers. A server that agrees to one can be talked into it.",
        "Switch TLS 1.0 and TLS 1.1 off; offer TLS 1.2 and TLS 1.3.",
        "RFC 8996");

    public static readonly AuditRule TlsNoTls13 = new(
        "tls-no-tls13", Note, "TLS 1.3 was not agreed on",
        "MitmWeb offers TLS 1.3 where its platform can, and the server took an older version. TLS 1.3 needs one round trip less and leaves no weak choices.",
        "Switch TLS 1.3 on.",
        "RFC 9325, section 3.1.1");

    public static readonly AuditRule ClientTlsDeprecated = new(
        "client-tls-deprecated", Note, "A client speaks TLS 1.0 or TLS 1.1",
        "This is the client's side: it came to MitmWeb with an old version, and would do so to the host if the host let it.",
        "Update the client or its TLS library.",
        "RFC 8996");

    public static readonly AuditRule CipherBroken = new(
        "cipher-broken", Critical, "A broken cipher is used",
        "The suite encrypts with nothing, with RC4, DES or an export cipher, or does not say who the server is: it can be read or taken over.",
        "Take these suites off the server's list; keep AES-GCM and ChaCha20-Poly1305.",
        "RFC 9325, section 4.1; RFC 7465");

    public static readonly AuditRule CipherWeak = new(
        "cipher-weak", Medium, "A weak cipher is used",
        "The suite gives less than 128 bits of security or has blocks of 64 bits (3DES, IDEA): long connections can be attacked (Sweet32).",
        "Take these suites off the server's list; keep AES-GCM and ChaCha20-Poly1305.",
        "RFC 9325, section 4.1");

    public static readonly AuditRule CipherCbc = new(
        "cipher-cbc", Low, "A CBC cipher is used",
        "Encrypting and authenticating in two steps has been the ground of attacks time and again (BEAST, Lucky 13, POODLE over TLS).",
        "Prefer suites with AES-GCM or ChaCha20-Poly1305.",
        "RFC 9325, section 4.2");

    public static readonly AuditRule NoForwardSecrecy = new(
        "no-forward-secrecy", Medium, "No forward secrecy",
        "The key exchange depends on the certificate's key: who records traffic today can read it when that key leaks one day.",
        "Offer only suites with ECDHE, or TLS 1.3, which has no others.",
        "RFC 9325, sections 4.1 and 7.3");

    public static readonly AuditRule CertificateUntrusted = new(
        "certificate-untrusted", Critical, "The certificate is not trusted",
        "Browsers warn, and nobody can tell the server from somebody on the way who shows a certificate of his own.",
        "Get a certificate of a public CA (or give the clients the private CA), and have the server send the intermediate certificates, too.",
        "RFC 5280, section 6; RFC 9525");

    public static readonly AuditRule CertificateExpired = new(
        "certificate-expired", Critical, "The certificate had expired",
        "It was out of date when it was captured. Browsers warn, and users learn to click warnings away.",
        "Renew it, and renew automatically from now on.",
        "RFC 5280, section 4.1.2.5");

    public static readonly AuditRule CertificateNotYetValid = new(
        "certificate-not-yet-valid", Critical, "The certificate was not valid yet",
        "Its time had not come when it was captured: its date or the machine's clock is wrong.",
        "Check the server's clock and the certificate's dates.",
        "RFC 5280, section 4.1.2.5");

    public static readonly AuditRule CertificateWrongHost = new(
        "certificate-wrong-host", Critical, "The certificate is for other names",
        "The host's name is not among those the certificate stands for, so it proves nothing for this host.",
        "Get a certificate with this name, or fix which certificate the server shows for it.",
        "RFC 9525, section 6");

    public static readonly AuditRule CertificateExpiresSoon = new(
        "certificate-expires-soon", Low, "The certificate expires within two weeks",
        "Renewal should have happened by now; when it does not, the host stops working for browsers.",
        "Renew it, and look why that did not happen by itself.",
        "RFC 5280, section 4.1.2.5");

    public static readonly AuditRule CertificateEndedSince = new(
        "certificate-ended-since", Note, "The certificate has expired since",
        "It was in order when it was captured. Whether the host has a newer one only new traffic can tell.",
        "Capture the host again.",
        "RFC 5280, section 4.1.2.5");

    public static readonly AuditRule CertificateWeakKey = new(
        "certificate-weak-key", High, "The certificate's key is too short",
        "An RSA key below 2048 bits or a curve below 224 bits can be broken by somebody with money.",
        "Get a certificate with ECDSA P-256 or RSA of at least 2048 bits.",
        "RFC 9325, section 4.5");

    public static readonly AuditRule CertificateWeakSignature = new(
        "certificate-weak-signature", High, "The certificate is signed with SHA-1 or MD5",
        "Collisions of these can be made, so a signature may stand under another certificate as well.",
        "Get a certificate signed with SHA-256 or better.",
        "RFC 9325, section 4.5; RFC 9155");

    public static readonly AuditRule TlsFailed = new(
        "tls-failed", Note, "No TLS connection came about",
        "The handshake with the host failed, so there is little to judge.",
        "The flow says why it failed.",
        "RFC 8446, section 6");

    public static readonly AuditRule HstsMissing = new(
        "hsts-missing", Low, "No Strict-Transport-Security",
        "Nothing tells browsers to come over https only, so the first request of a visit can be held on http (SSL stripping).",
        "Send Strict-Transport-Security: max-age=31536000; includeSubDomains with every response over https.",
        "RFC 6797, section 2.3");

    public static readonly AuditRule HstsInvalid = new(
        "hsts-invalid", Low, "Strict-Transport-Security cannot be read",
        "Browsers ignore a header with a directive twice, or without a number as max-age.",
        "Send Strict-Transport-Security: max-age=31536000; includeSubDomains.",
        "RFC 6797, sections 6.1 and 8.1");

    public static readonly AuditRule HstsOff = new(
        "hsts-off", Low, "Strict-Transport-Security is switched off",
        "max-age=0 makes browsers forget that the host wants https only.",
        "Raise max-age to a year (31536000) when https is there to stay.",
        "RFC 6797, section 6.1.1");

    public static readonly AuditRule HstsShort = new(
        "hsts-short", Low, "Strict-Transport-Security is short",
        "Browsers forget it in less than half a year, so somebody who visits seldom is unprotected again and again.",
        "Raise max-age to a year (31536000).",
        "RFC 6797, section 11.2");

    public static readonly AuditRule HstsPartial = new(
        "hsts-partial", Note, "Some responses lack Strict-Transport-Security",
        "A visitor who only meets those is not protected.",
        "Send it with every response over https, errors and redirects included.",
        "RFC 6797, section 7.1");

    public static readonly AuditRule HstsTwice = new(
        "hsts-twice", Note, "Strict-Transport-Security is sent twice",
        "Browsers take the first and ignore the others, which may say something else.",
        "Send it once; often both the application and the web server add it.",
        "RFC 6797, section 8.1");

    public static readonly AuditRule HstsNoSubdomains = new(
        "hsts-no-subdomains", Note, "Strict-Transport-Security leaves subdomains out",
        "Somebody on the way can make up a name under this one and set cookies from there.",
        "Add includeSubDomains once all names under this one answer over https.",
        "RFC 6797, section 14.4");

    public static readonly AuditRule HstsOverHttp = new(
        "hsts-over-http", Note, "Strict-Transport-Security is sent over http",
        "Browsers ignore it there: somebody on the way could have added it.",
        "Send it over https only; over http send a redirect.",
        "RFC 6797, section 7.2");

    public static readonly AuditRule HstsPreloadUnmet = new(
        "hsts-preload-unmet", Note, "The preload list's requirements are not met",
        "The header says preload, but the list takes a host only when all its requirements are met.",
        "Meet what is missing, or take preload out: leaving the list takes months.",
        "hstspreload.org, Submission Requirements");

    public static readonly AuditRule ContentOverHttp = new(
        "http-content", High, "Content is served over http",
        "Everybody on the way reads it and can change it: add scripts, swap downloads, rewrite links and keep the visitor on http.",
        "Answer over http with nothing but a 301 to the same address over https.",
        "RFC 6797, section 2.3.1; RFC 7258");

    public static readonly AuditRule HttpLoopback = new(
        "http-loopback", Note, "http on this machine",
        "Traffic to this machine itself leaves it nowhere, and browsers treat it as safe; nothing is judged.",
        "Nothing, as long as only this machine can reach it.",
        "W3C Secure Contexts, section 3.1");

    public static readonly AuditRule HttpForm = new(
        "http-form", High, "A form is shown over http",
        "Somebody on the way can have it submitted elsewhere, even when its address is https.",
        "Serve the page with the form over https only.",
        "RFC 6797, section 2.3.1.2");

    public static readonly AuditRule HttpPassword = new(
        "http-password", Critical, "A password is asked for over http",
        "Somebody on the way can read it or have it sent to himself, even when the form's address is https.",
        "Serve the page with the form over https only.",
        "RFC 6797, section 2.3.1.2");

    public static readonly AuditRule HttpCredentials = new(
        "http-credentials", Critical, "Credentials were sent over http",
        "An Authorization header or a password went over the net in plain text: everybody on the way has it.",
        "Change these credentials, and take them over https only.",
        "RFC 7617, section 4; RFC 6750, section 5.3");

    public static readonly AuditRule HttpPageToHttps = new(
        "http-page-to-https", Medium, "An http page leads to https",
        "This is where SSL stripping works: somebody on the way rewrites these links and forms, and the visitor stays on http.",
        "Redirect the page itself to https, and send Strict-Transport-Security there.",
        "RFC 6797, section 2.3.1.2");

    public static readonly AuditRule HttpRedirectOpen = new(
        "http-redirect-open", Medium, "The redirect to https can be withheld",
        "http is redirected to https, but without Strict-Transport-Security each visit that begins on http can be held there (SSL stripping).",
        "Send Strict-Transport-Security: max-age=31536000; includeSubDomains over https.",
        "RFC 6797, section 2.3.1.2");

    public static readonly AuditRule HttpRedirectTemporary = new(
        "http-redirect-temporary", Note, "The redirect to https is temporary",
        "Browsers ask over http again and again; a permanent redirect is remembered.",
        "Redirect with 301 or 308.",
        "RFC 9110, section 15.4");

    public static readonly AuditRule HttpRedirectElsewhere = new(
        "http-redirect-elsewhere", Note, "http is redirected to another host's https",
        "Browsers never get this host's own Strict-Transport-Security, and the preload list wants the same host first.",
        "Redirect to https on the same host first, then to the other host.",
        "hstspreload.org, Submission Requirements");

    public static readonly AuditRule HttpRedirectToHttp = new(
        "http-redirect-to-http", Low, "http is redirected to http",
        "Each further step in plain text is one more that somebody on the way can change.",
        "Redirect to https at once.",
        "RFC 6797, section 7.2");

    public static readonly AuditRule HttpsToHttp = new(
        "https-to-http", High, "https is redirected to http",
        "A visitor who came safely is sent back into plain text.",
        "Redirect to https addresses only.",
        "RFC 6797, section 2.3.1.2");

    public static readonly AuditRule MixedActive = new(
        "mixed-active", High, "A page over https loads scripts, styles or frames over http",
        "Who changes them on the way owns the page. Browsers block them, so the page is broken, too.",
        "Load them over https.",
        "W3C Mixed Content, section 3.2");

    public static readonly AuditRule MixedPassive = new(
        "mixed-passive", Low, "A page over https shows images or media over http",
        "Somebody on the way sees what is looked at and can show something else; newer browsers try https instead, older ones load them.",
        "Load them over https.",
        "W3C Mixed Content, section 3.1");

    public static readonly AuditRule FormToHttp = new(
        "form-to-http", High, "A form on https submits to http",
        "What the visitor enters goes over the net in plain text although the page was safe.",
        "Submit to an https address.",
        "W3C Mixed Content, section 6.1");

    public static readonly AuditRule LinkToHttp = new(
        "link-to-http", Low, "A page over https links to the same site over http",
        "The next step of the visit leaves TLS, where somebody on the way can keep the visitor.",
        "Link with https, or without a scheme and host.",
        "RFC 6797, section 2.3.1.2");

    public static readonly AuditRule LinkToHttpElsewhere = new(
        "link-to-http-elsewhere", Note, "A page over https links to other sites over http",
        "What those sites answer can be read and changed on the way.",
        "Link with https where those sites have it.",
        "RFC 6797, section 2.3.1.2");

    public static readonly AuditRule CookieNotSecure = new(
        "cookie-not-secure", Medium, "Cookies lack Secure",
        "Browsers send them over http as well: one http request to the host, which somebody on the way can bring about, gives them away.",
        "Add Secure to each Set-Cookie.",
        "RFC 6265bis, sections 5.6.5 and 8.3");

    public static readonly AuditRule CookieSetOverHttp = new(
        "cookie-set-over-http", Medium, "Cookies are set over http",
        "Everybody on the way reads them and can set others in their place.",
        "Set cookies over https only, with Secure.",
        "RFC 6265bis, section 8.3");

    public static readonly AuditRule CookieSentOverHttp = new(
        "cookie-sent-over-http", Medium, "Cookies were sent over http",
        "Everybody on the way reads them; with a session's cookie he is the user.",
        "Redirect http to https, set cookies with Secure, and send Strict-Transport-Security.",
        "RFC 6265bis, section 8.3");

    public static readonly AuditRule CookieRefused = new(
        "cookie-refused", Low, "Cookies that browsers refuse",
        "SameSite=None needs Secure, and names with __Secure- or __Host- promise attributes that are not there.",
        "Add Secure; for __Host- also Path=/ and no Domain.",
        "RFC 6265bis, sections 4.1.3 and 5.7");

    public static readonly AuditRule CookieNotHttpOnly = new(
        "cookie-not-httponly", Note, "Cookies lack HttpOnly",
        "Scripts of the page can read them, and so can a script that somebody smuggles in.",
        "Add HttpOnly where no script needs the cookie, above all for sessions.",
        "RFC 6265bis, section 5.6.6");

    public static readonly AuditRule CookieNoSameSite = new(
        "cookie-no-samesite", Note, "Cookies do not say SameSite",
        "Browsers differ in what they do then; some send them with requests that other sites bring about (CSRF).",
        "Add SameSite=Lax or Strict, or None with Secure where other sites need it.",
        "RFC 6265bis, section 8.8");

    /// <summary>All of them, in the order of docs/audit.md.</summary>
    public static IReadOnlyList<AuditRule> All { get; } =
    [
        TlsObsolete, TlsDeprecated, TlsNoTls13, ClientTlsDeprecated, TlsFailed, CipherBroken, CipherWeak, CipherCbc, NoForwardSecrecy,
        CertificateUntrusted, CertificateExpired, CertificateNotYetValid, CertificateWrongHost, CertificateExpiresSoon, CertificateEndedSince,
        CertificateWeakKey, CertificateWeakSignature,
        HstsMissing, HstsInvalid, HstsOff, HstsShort, HstsPartial, HstsTwice, HstsNoSubdomains, HstsOverHttp, HstsPreloadUnmet,
        ContentOverHttp, HttpLoopback, HttpForm, HttpPassword, HttpCredentials, HttpPageToHttps, HttpRedirectOpen, HttpRedirectTemporary,
        HttpRedirectElsewhere, HttpRedirectToHttp, HttpsToHttp,
        MixedActive, MixedPassive, FormToHttp, LinkToHttp, LinkToHttpElsewhere,
        CookieNotSecure, CookieSetOverHttp, CookieSentOverHttp, CookieRefused, CookieNotHttpOnly, CookieNoSameSite,
    ];
}
