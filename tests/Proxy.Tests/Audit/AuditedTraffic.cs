using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MitmWeb.Proxy.Audit;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Tests.Certificates;

namespace MitmWeb.Proxy.Tests.Audit;

/// <summary>Traffic as the engine records it, in a session file, and the audit of it.</summary>
internal sealed class AuditedTraffic : IAsyncDisposable
{
    /// <summary>When the traffic was captured and, where a test does not say otherwise, audited.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 13, 0, 0, TimeSpan.Zero);

    public const string GoodHsts = "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mitmweb-audit-");

    public AuditedTraffic()
    {
        Path = System.IO.Path.Combine(_folder.FullName, "session.mitmweb");
        Store = FlowStore.Open(Path, new FlowStoreOptions { CommitInterval = TimeSpan.FromMilliseconds(1) });
    }

    public string Path { get; }

    public FlowStore Store { get; }

    public static TlsDetails GoodTls { get; } = TlsOf("TLS 1.3", "TLS_AES_128_GCM_SHA256");

    public static TlsDetails TlsOf(string version, string suite, byte[]? certificate = null, string? error = null) => new()
    {
        Version = version,
        CipherSuite = suite,
        Certificates = certificate is null ? [] : [certificate],
        CertificateError = error,
    };

    /// <summary>A certificate for a host; signed by another key than its own unless it is to be self-signed.</summary>
    public static byte[] Certificate(
        string host = "example.com", double fromDays = -30, double toDays = 60, AsymmetricAlgorithm? key = null, bool sha1 = false)
    {
        using var own = key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuer = RSA.Create(2048);
        var algorithm = HashAlgorithmName.SHA256;
        var name = new X500DistinguishedName($"CN={host}");
        var request = own is RSA rsa
            ? new CertificateRequest(name, rsa, algorithm, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, (ECDsa)own, algorithm);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var generator = sha1 ? new Sha1SignatureGenerator(issuer) : X509SignatureGenerator.CreateForRSA(issuer, RSASignaturePadding.Pkcs1);
        using var certificate = request.Create(new X500DistinguishedName("CN=Test CA"), generator, Now.AddDays(fromDays), Now.AddDays(toDays), [1, 2, 3, 4]);
        return certificate.RawData;
    }

    /// <summary>Records an exchange; without <paramref name="tls"/> one over https has what a good server agrees on.</summary>
    public async Task<long> Add(
        string url,
        string method = "GET",
        int status = 200,
        string headers = "",
        string? body = null,
        byte[]? bodyBytes = null,
        string requestHeaders = "",
        string? requestBody = null,
        TlsDetails? tls = null,
        TlsDetails? clientTls = null,
        string? modifiedBy = null,
        bool answered = true,
        bool local = false)
    {
        var address = new Uri(url);
        var isTls = address.Scheme is "https" or "wss";
        var content = bodyBytes ?? (body is null ? null : Encoding.UTF8.GetBytes(body));
        if (content is not null && !headers.Contains("Content-Type", StringComparison.Ordinal))
        {
            headers += "Content-Type: text/html; charset=utf-8\r\n";
        }

        var flow = new Flow
        {
            Id = Store.NextFlowId(),
            StartedAt = Now,
            Client = new ClientConnection
            {
                Id = Store.NextConnectionId(),
                OpenedAt = Now,
                RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 50312),
                LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8080),
                Tls = isTls ? clientTls ?? GoodTls : null,
            },
            Server = local ? null : new ServerConnection
            {
                Id = Store.NextConnectionId(),
                OpenedAt = Now,
                Host = address.IdnHost,
                Port = address.Port,
                Tls = isTls ? tls ?? GoodTls : null,
            },
            Scheme = address.Scheme,
            Host = address.IdnHost,
            Port = address.Port,
            Path = address.PathAndQuery,
            Request = RequestHead.Parse(Encoding.Latin1.GetBytes($"{method} {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\n{requestHeaders}\r\n")),
            Response = answered ? ResponseHead.Parse(Encoding.Latin1.GetBytes($"HTTP/1.1 {status} X\r\n{headers}\r\n")) : null,
            State = FlowState.Streaming,
            ModifiedBy = modifiedBy,
        };
        await Store.Changed(flow, CancellationToken.None);
        if (requestBody is not null)
        {
            await Store.AppendBody(flow, MessageSide.Request, Encoding.UTF8.GetBytes(requestBody), CancellationToken.None);
        }

        if (content is not null)
        {
            await Store.AppendBody(flow, MessageSide.Response, content, CancellationToken.None);
            flow.ResponseBodySize = content.Length;
        }

        flow.State = FlowState.Done;
        await Store.Ended(flow);
        return flow.Id;
    }

    public async Task<AuditReport> Report(DateTimeOffset? at = null, params string[] hosts)
    {
        await Store.Flush();
        using var view = Store.OpenView();
        var time = new FixedTime(at ?? Now);
        return SessionAuditor.Run(view, [.. hosts.Select(host => HostPattern.Parse(host)!)], time);
    }

    /// <summary>The audit of one flow; null when there is no such flow.</summary>
    public async Task<IReadOnlyList<AuditFinding>?> FlowFindings(long flow)
    {
        await Store.Flush();
        using var view = Store.OpenView();
        return SessionAuditor.RunFlow(view, flow, new FixedTime(Now));
    }

    /// <summary>The audit of the one host there is.</summary>
    public async Task<HostAudit> Host(DateTimeOffset? at = null) => Assert.Single((await Report(at)).Hosts);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
