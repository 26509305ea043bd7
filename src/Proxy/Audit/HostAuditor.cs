using System.Globalization;
using System.Net;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;
using static MitmWeb.Proxy.Audit.AuditRules;

namespace MitmWeb.Proxy.Audit;

/// <summary>Judges one host, flow by flow. It does no reading of its own, and what it keeps does not grow with the number of flows.</summary>
/// <param name="host">The name or address, in lower case.</param>
/// <param name="now">The moment by which certificates expire.</param>
internal sealed class HostAuditor(string host, DateTimeOffset now)
{
    private const int MaxCertificates = 10;
    private const long HalfYear = 15_768_000;
    private const long Year = 31_536_000;

    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    private readonly Dictionary<AuditRule, FindingDraft> _findings = [];
    private readonly TlsUses _serverTls = new();
    private readonly TlsUses _clientTls = new();
    private readonly Dictionary<string, CertificateAudit> _certificates = new(StringComparer.Ordinal);
    private readonly bool _isAddress = IPAddress.TryParse(host, out _);
    private readonly bool _isLoopback = IsLoopback(host);
    private long _flows;
    private long _https;
    private long _http;
    private long? _firstHttps;
    private long _withHsts;
    private long? _withoutHsts;
    private (HstsPolicy Policy, string Header, long Flow)? _hsts;
    private long _redirects;
    private long? _firstRedirect;

    /// <summary>Takes a flow into account.</summary>
    /// <param name="exchange">The flow.</param>
    /// <param name="client">The client's TLS connection; null when it was plain.</param>
    /// <param name="server">The server's TLS connection; null when it was plain.</param>
    /// <param name="certificate">The certificates of that.</param>
    /// <param name="page">The page that the response holds; null when it holds none.</param>
    /// <param name="sentPassword">Whether the request's body holds a password.</param>
    public void Take(StoredExchange exchange, TlsDetails? client, TlsDetails? server, CertificateReading? certificate, PageContent? page, bool sentPassword)
    {
        _flows++;
        var isTls = exchange.Scheme is "https" or "wss";
        if (server is not null)
        {
            TakeServerTls(exchange, server, certificate);
        }

        if (client is { Version.Length: > 0 } && isTls)
        {
            _clientTls.Add(client.Version, client.CipherSuite, exchange.Id);
            if (IsOld(client.Version) || IsObsolete(client.Version))
            {
                Find(ClientTlsDeprecated, exchange.Id, client.Version);
            }
        }

        if (isTls && exchange.Response is { } secure)
        {
            _https++;
            _firstHttps ??= exchange.Id;
            TakeHsts(exchange, secure);
            TakeSecureRedirect(exchange, secure);
            TakeSecureCookies(exchange, secure);
            if (page is not null)
            {
                TakeSecurePage(exchange, secure, page);
            }
        }
        else if (!isTls)
        {
            TakePlain(exchange, page, sentPassword);
        }
    }

    /// <summary>The judgement on what was taken.</summary>
    public HostAudit Finish()
    {
        FinishTls();
        var hsts = FinishHsts();
        if (_redirects > 0 && _https > 0 && !_isAddress && !_isLoopback && hsts is not { MaxAge: > 0 })
        {
            Find(HttpRedirectOpen, _firstRedirect, null);
        }

        var findings = _findings
            .Select(pair => pair.Value.Finish())
            .OrderByDescending(finding => finding.Rule.Severity).ThenBy(finding => IndexOf(finding.Rule))
            .ToArray();
        var worst = findings.Length == 0 ? AuditSeverity.Note : findings[0].Rule.Severity;
        var isExemplary = hsts is { MaxAge: >= Year, IncludeSubDomains: true };
        var isJudged = _https > 0 || _serverTls.Any || (_http > 0 && !_isLoopback) || worst > AuditSeverity.Note;
        var grade = isJudged ? Grades.Of(worst, isExemplary) : null;
        return new HostAudit
        {
            Host = host,
            Grade = grade,
            Reasons = Reasons(grade, worst, findings),
            Flows = _flows,
            HttpsResponses = _https,
            HttpResponses = _http,
            ServerTls = _serverTls.Finish(),
            ClientTls = _clientTls.Finish(),
            Certificates = [.. _certificates.Values],
            Hsts = hsts,
            RedirectsToHttps = _redirects,
            Findings = findings,
        };
    }

    private static int IndexOf(AuditRule rule)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i] == rule)
            {
                return i;
            }
        }

        return All.Count;
    }

    private string[] Reasons(string? grade, AuditSeverity worst, AuditFinding[] findings) => grade switch
    {
        null => ["The traffic shows too little of this host to judge it."],
        "A+" => ["Nothing was found to hold against it, and browsers come over https only for a year, subdomains included."],
        "A" when _https == 0 => ["Nothing was found to hold against it, but no response over https was seen."],
        "A" when _isAddress || _isLoopback => ["Nothing was found to hold against it."],
        "A" => ["Nothing was found to hold against it; for A+ it would send Strict-Transport-Security with max-age of a year and includeSubDomains."],
        _ => [.. findings.Where(finding => finding.Rule.Severity == worst).Select(finding => $"{finding.Rule.Title}.")],
    };

    private void Find(AuditRule rule, long? flow, string? detail)
    {
        if (!_findings.TryGetValue(rule, out var draft))
        {
            draft = new FindingDraft(rule);
            _findings.Add(rule, draft);
        }

        draft.Add(flow, detail);
    }

    private void TakeServerTls(StoredExchange exchange, TlsDetails tls, CertificateReading? certificate)
    {
        if (tls.Version.Length == 0)
        {
            if (tls.CertificateError is null)
            {
                Find(TlsFailed, exchange.Id, exchange.Error);
            }
        }
        else
        {
            _serverTls.Add(tls.Version, tls.CipherSuite, exchange.Id);
            TakeSuite(exchange, tls);
        }

        TakeCertificate(exchange, tls, certificate);
    }

    private void TakeSuite(StoredExchange exchange, TlsDetails tls)
    {
        if (IsObsolete(tls.Version))
        {
            Find(TlsObsolete, exchange.Id, tls.Version);
        }
        else if (IsOld(tls.Version))
        {
            Find(TlsDeprecated, exchange.Id, tls.Version);
        }

        var suite = tls.CipherSuite;
        if (suite.Length == 0)
        {
            return;
        }

        if (CipherStrength.IsBroken(suite))
        {
            Find(CipherBroken, exchange.Id, suite);
        }
        else if (CipherStrength.IsWeak(suite))
        {
            Find(CipherWeak, exchange.Id, suite);
        }
        else if (CipherStrength.IsCbc(suite))
        {
            Find(CipherCbc, exchange.Id, suite);
        }

        if (!CipherStrength.HasForwardSecrecy(suite))
        {
            Find(NoForwardSecrecy, exchange.Id, suite);
        }
    }

    private void TakeCertificate(StoredExchange exchange, TlsDetails tls, CertificateReading? certificate)
    {
        var isExplained = false;
        if (certificate?.Facts is { } facts)
        {
            if (!_certificates.ContainsKey(facts.FingerprintSha256))
            {
                if (_certificates.Count < MaxCertificates)
                {
                    _certificates.Add(facts.FingerprintSha256, facts with { Error = tls.CertificateError, FirstFlow = exchange.Id });
                }
            }

            if (exchange.StartedAt > facts.NotAfter)
            {
                Find(CertificateExpired, exchange.Id, $"It ended on {Date(facts.NotAfter)}.");
                isExplained = true;
            }
            else if (exchange.StartedAt < facts.NotBefore)
            {
                Find(CertificateNotYetValid, exchange.Id, $"It begins on {Date(facts.NotBefore)}.");
                isExplained = true;
            }
            else if (now > facts.NotAfter)
            {
                Find(CertificateEndedSince, exchange.Id, $"It ended on {Date(facts.NotAfter)}.");
            }
            else if (now > facts.NotAfter - Soon)
            {
                Find(CertificateExpiresSoon, exchange.Id, $"It ends on {Date(facts.NotAfter)}.");
            }

            if (tls.CertificateError is not null && !certificate.IsFor(host))
            {
                Find(CertificateWrongHost, exchange.Id, $"It is for {certificate.Names}.");
                isExplained = true;
            }
        }

        if (tls.CertificateError is { } error && !isExplained)
        {
            Find(CertificateUntrusted, exchange.Id, error);
        }

        if (certificate?.WeakKey is { } key)
        {
            Find(CertificateWeakKey, exchange.Id, key);
        }

        if (certificate?.WeakSignature is { } signature)
        {
            Find(CertificateWeakSignature, exchange.Id, signature);
        }
    }

    private void TakeHsts(StoredExchange exchange, ResponseHead response)
    {
        var index = response.Headers.IndexOf("Strict-Transport-Security"u8);
        if (index < 0)
        {
            _withoutHsts ??= exchange.Id;
            return;
        }

        _withHsts++;
        var header = response.Headers[index].Value;
        if (HstsPolicy.TryParse(header, out var policy))
        {
            _hsts = (policy, header, exchange.Id);
        }
        else
        {
            Find(HstsInvalid, exchange.Id, header);
        }

        if (response.Headers.IndexOf("Strict-Transport-Security"u8, index + 1) >= 0)
        {
            Find(HstsTwice, exchange.Id, null);
        }
    }

    private void TakeSecureRedirect(StoredExchange exchange, ResponseHead response)
    {
        if (RedirectTarget(exchange, response) is { Scheme: "http" } target)
        {
            Find(HttpsToHttp, exchange.Id, $"{exchange.Path} → {target}");
        }
    }

    private void TakeSecureCookies(StoredExchange exchange, ResponseHead response)
    {
        foreach (var cookie in Cookies(exchange, response))
        {
            if (cookie.BrokenPrefix is { } broken)
            {
                Find(CookieRefused, exchange.Id, $"{cookie.Name} {broken}");
            }
            else if (cookie is { SameSite: "none", Secure: false })
            {
                Find(CookieRefused, exchange.Id, $"{cookie.Name} with SameSite=None, without Secure");
            }

            if (!cookie.Secure)
            {
                Find(CookieNotSecure, exchange.Id, cookie.Name);
            }

            TakeCookieNotes(exchange, cookie);
        }
    }

    private void TakeCookieNotes(StoredExchange exchange, SetCookie cookie)
    {
        if (!cookie.HttpOnly)
        {
            Find(CookieNotHttpOnly, exchange.Id, cookie.Name);
        }

        if (cookie.SameSite is null)
        {
            Find(CookieNoSameSite, exchange.Id, cookie.Name);
        }
    }

    private void TakeSecurePage(StoredExchange exchange, ResponseHead response, PageContent page)
    {
        var upgrades = page.UpgradesRequests || HasUpgradeHeader(response);
        foreach (var (use, target) in page.Addresses)
        {
            // A browser told to upgrade takes https for all of these but links to other hosts.
            var isOwn = IsOwn(target);
            if (target.Scheme is not ("http" or "ws") || (upgrades && (use != PageUse.Link || isOwn)))
            {
                continue;
            }

            Find(
                use switch
                {
                    PageUse.Active => MixedActive,
                    PageUse.Passive => MixedPassive,
                    PageUse.Form => FormToHttp,
                    _ => isOwn ? LinkToHttp : LinkToHttpElsewhere,
                },
                exchange.Id,
                $"{exchange.Path}: {target}");
        }
    }

    private void TakePlain(StoredExchange exchange, PageContent? page, bool sentPassword)
    {
        if (exchange.Response is not null)
        {
            _http++;
        }

        if (_isLoopback)
        {
            Find(HttpLoopback, exchange.Id, null);
            return;
        }

        TakePlainRequest(exchange, sentPassword);
        if (exchange.Response is not { } response)
        {
            return;
        }

        if (response.Headers.Contains("Strict-Transport-Security"u8))
        {
            Find(HstsOverHttp, exchange.Id, null);
        }

        foreach (var cookie in Cookies(exchange, response))
        {
            Find(CookieSetOverHttp, exchange.Id, cookie.Name);
            TakeCookieNotes(exchange, cookie);
        }

        if (RedirectTarget(exchange, response) is { } target)
        {
            TakePlainRedirect(exchange, response, target);
        }
        else if (response.Status is >= 200 and < 300 or 304 or 101 && !IsMeantToBePlain(exchange))
        {
            Find(ContentOverHttp, exchange.Id, exchange.Path);
        }

        if (page is not null)
        {
            TakePlainPage(exchange, page);
        }
    }

    private void TakePlainRequest(StoredExchange exchange, bool sentPassword)
    {
        if (exchange.Request is not { } request)
        {
            return;
        }

        if (request.Headers.Contains("Authorization"u8))
        {
            var scheme = request.Headers.Find("Authorization"u8)!.Split(' ')[0];
            Find(HttpCredentials, exchange.Id, $"{exchange.Path}: Authorization: {scheme} …");
        }

        if (sentPassword)
        {
            Find(HttpCredentials, exchange.Id, $"{exchange.Path}: a form with a password");
        }

        // The names are enough for the report; what is in them is nobody's business.
        for (var i = request.Headers.IndexOf("Cookie"u8); i >= 0; i = request.Headers.IndexOf("Cookie"u8, i + 1))
        {
            foreach (var pair in request.Headers[i].Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                Find(CookieSentOverHttp, exchange.Id, pair.Split('=')[0]);
            }
        }
    }

    private void TakePlainRedirect(StoredExchange exchange, ResponseHead response, Uri target)
    {
        if (target.Scheme != "https")
        {
            Find(HttpRedirectToHttp, exchange.Id, $"{exchange.Path} → {target}");
            return;
        }

        if (!HasThisHost(target))
        {
            Find(HttpRedirectElsewhere, exchange.Id, $"{exchange.Path} → {target}");
            return;
        }

        _redirects++;
        _firstRedirect ??= exchange.Id;
        if (response.Status is not (301 or 308))
        {
            Find(HttpRedirectTemporary, exchange.Id, response.Status.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void TakePlainPage(StoredExchange exchange, PageContent page)
    {
        if (page.HasPassword)
        {
            Find(HttpPassword, exchange.Id, exchange.Path);
        }
        else if (page.Forms > 0)
        {
            Find(HttpForm, exchange.Id, exchange.Path);
        }

        foreach (var (use, target) in page.Addresses)
        {
            if (target.Scheme == "https" && use is PageUse.Link or PageUse.Form && IsOwn(target))
            {
                Find(HttpPageToHttps, exchange.Id, $"{exchange.Path}: {target}");
            }
        }
    }

    private void FinishTls()
    {
        if (_serverTls.Any && !_serverTls.HasVersion("TLS 1.3"))
        {
            Find(TlsNoTls13, _firstHttps, null);
        }
    }

    private HstsAudit? FinishHsts()
    {
        if (_https == 0)
        {
            return null;
        }

        // Browsers take no policy from addresses (RFC 6797, section 8.1.1), and what stays on the machine needs none.
        var applies = !_isAddress && !_isLoopback;
        if (_hsts is not var (policy, header, flow))
        {
            if (applies && !_findings.ContainsKey(HstsInvalid))
            {
                Find(HstsMissing, _firstHttps, null);
            }

            return new HstsAudit(null, 0, false, false, PreloadMissing(default), null);
        }

        var missing = PreloadMissing(policy);
        if (applies)
        {
            if (policy.MaxAge == 0)
            {
                Find(HstsOff, flow, header);
            }
            else if (policy.MaxAge < HalfYear)
            {
                Find(HstsShort, flow, header);
            }

            if (policy is { MaxAge: > 0, IncludeSubDomains: false })
            {
                Find(HstsNoSubdomains, flow, header);
            }

            if (_withHsts < _https)
            {
                Find(HstsPartial, _withoutHsts, $"{_https - _withHsts} of {_https} responses");
            }

            if (policy.Preload && missing.Count > 0)
            {
                foreach (var one in missing)
                {
                    Find(HstsPreloadUnmet, flow, one);
                }
            }
        }

        return new HstsAudit(header, policy.MaxAge, policy.IncludeSubDomains, policy.Preload, missing, flow);
    }

    /// <summary>What hstspreload.org asks for and was not seen. It also wants the registrable domain itself, which nobody can tell from a name alone.</summary>
    private List<string> PreloadMissing(HstsPolicy policy)
    {
        var missing = new List<string>();
        AddIf(_isAddress || _isLoopback, "a public domain name");
        AddIf(policy.MaxAge < Year, "max-age of at least a year (31536000)");
        AddIf(!policy.IncludeSubDomains, "includeSubDomains");
        AddIf(!policy.Preload, "preload");
        AddIf(_certificates.Values.Any(certificate => certificate.Error is not null), "a trusted certificate");
        AddIf(_http > 0 && _redirects == 0, "a redirect from http to https on the same host");
        AddIf(_findings.ContainsKey(ContentOverHttp), "nothing but redirects over http");
        return missing;

        void AddIf(bool condition, string text)
        {
            if (condition)
            {
                missing.Add(text);
            }
        }
    }

    private static IEnumerable<SetCookie> Cookies(StoredExchange exchange, ResponseHead response)
    {
        for (var i = response.Headers.IndexOf("Set-Cookie"u8); i >= 0; i = response.Headers.IndexOf("Set-Cookie"u8, i + 1))
        {
            if (SetCookie.Parse(response.Headers[i].Value, exchange.StartedAt) is { IsDeletion: false } cookie)
            {
                yield return cookie;
            }
        }
    }

    private static Uri? RedirectTarget(StoredExchange exchange, ResponseHead response) =>
        response.Status is 301 or 302 or 303 or 307 or 308
        && response.Headers.Find("Location"u8) is { } location
        && SessionAuditor.AddressOf(exchange) is { } address
        && Uri.TryCreate(address, location, out var target)
            ? target
            : null;

    private static bool HasUpgradeHeader(ResponseHead response)
    {
        for (var i = response.Headers.IndexOf("Content-Security-Policy"u8); i >= 0; i = response.Headers.IndexOf("Content-Security-Policy"u8, i + 1))
        {
            if (PageContent.HasUpgrade(response.Headers[i].Value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Revocation is asked over http on purpose: the answers are signed, and https would ask for revocation again (RFC 5280, section 8).</summary>
    private static bool IsMeantToBePlain(StoredExchange exchange) =>
        exchange.ContentType is "application/ocsp-response" or "application/pkix-crl" or "application/pkix-cert" or "application/x-x509-ca-cert" or "application/pkcs7-mime";

    private bool HasThisHost(Uri target) => target.IdnHost.Trim('[', ']').TrimEnd('.').Equals(host, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an address is of this host, of a name under it, or of the name above it.</summary>
    private bool IsOwn(Uri target)
    {
        var other = target.IdnHost.TrimEnd('.').ToLowerInvariant();
        return HasThisHost(target)
            || (!_isAddress && (other.EndsWith("." + host, StringComparison.Ordinal) || (other.Contains('.', StringComparison.Ordinal) && host.EndsWith("." + other, StringComparison.Ordinal))));
    }

    private static bool IsObsolete(string version) => version.StartsWith("SSL", StringComparison.OrdinalIgnoreCase);

    private static bool IsOld(string version) => version is "TLS 1.0" or "TLS 1.1";

    /// <summary>Names and addresses of the machine itself (W3C Secure Contexts, section 3.1; RFC 6761, section 6.3).</summary>
    private static bool IsLoopback(string name) =>
        name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal) || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));

    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
