using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Proxy.Tests.Certificates;

public sealed class LeafCertificatesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<KeyKind, string, string> Hosts()
    {
        var data = new TheoryData<KeyKind, string, string>();
        foreach (var kind in new[] { KeyKind.Ecdsa, KeyKind.Rsa })
        {
            data.Add(kind, "example.com", "-verify_hostname example.com");
            data.Add(kind, "bücher.example", "-verify_hostname xn--bcher-kva.example");
            data.Add(kind, "127.0.0.1", "-verify_ip 127.0.0.1");
            data.Add(kind, "2001:db8::1", "-verify_ip 2001:db8::1");
            data.Add(kind, "*.example.com", "-verify_hostname www.example.com");
            data.Add(kind, new string('a', 61) + ".com", "-verify_hostname " + new string('a', 61) + ".com");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Get_AnyHost_OpensslVerifiesStrictly(KeyKind kind, string host, string check)
    {
        using var ca = Authority(kind);
        using var leaves = new LeafCertificates(ca);
        var leaf = leaves.Get(LeafSubject.ForHost(host)).TargetCertificate;
        await File.WriteAllTextAsync(_folder["leaf.pem"], leaf.ExportCertificatePem());

        var (ok, output) = await Tool.RunAsync(
            "openssl", ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca.CertificatePath, .. check.Split(' '), _folder["leaf.pem"]]);

        Assert.True(ok, output);
    }

    [Theory]
    [InlineData(KeyKind.Ecdsa)]
    [InlineData(KeyKind.Rsa)]
    public void Get_Name_HasTheRightFields(KeyKind kind)
    {
        using var ca = Authority(kind);
        using var leaves = new LeafCertificates(ca);

        var leaf = leaves.Get(LeafSubject.ForHost("example.com")).TargetCertificate;

        Assert.Equal("CN=example.com", leaf.Subject);
        Assert.Equal(ca.Certificate.SubjectName.RawData, leaf.IssuerName.RawData);
        Assert.True(leaf.HasPrivateKey);
        Assert.NotEqual(ca.Certificate.PublicKey.ExportSubjectPublicKeyInfo(), leaf.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.InRange(leaf.NotBefore.ToUniversalTime(), DateTime.UtcNow.AddDays(-2.1), DateTime.UtcNow.AddDays(-1.9));
        Assert.InRange(leaf.NotAfter - leaf.NotBefore, TimeSpan.FromDays(90), TimeSpan.FromDays(200));
        Assert.Equal(16, leaf.SerialNumberBytes.Length);
        Assert.InRange(leaf.SerialNumberBytes.Span[0], 0x40, 0x7f);
        var usage = leaf.Extensions.OfType<X509KeyUsageExtension>().Single();
        Assert.Equal(
            kind == KeyKind.Rsa ? X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment : X509KeyUsageFlags.DigitalSignature, usage.KeyUsages);
        Assert.False(leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal("1.3.6.1.5.5.7.3.1", leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value);
        Assert.False(leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().Critical);
        Assert.Equal(
            Convert.FromHexString(ca.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifier!),
            leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value.ToArray());
    }

    [Fact]
    public void Get_NoCommonName_MakesTheNamesCritical()
    {
        using var ca = Authority();
        using var leaves = new LeafCertificates(ca);

        var leaf = leaves.Get(new LeafSubject { DnsNames = ["example.com"] }).TargetCertificate;

        Assert.Equal("", leaf.Subject);
        Assert.True(leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().Critical);
    }

    [Fact]
    public void Get_Twice_IsTheSameContext()
    {
        using var ca = Authority();
        using var leaves = new LeafCertificates(ca);

        var first = leaves.Get(LeafSubject.ForHost("example.com"));

        Assert.Same(first, leaves.Get(LeafSubject.ForHost("Example.com.")));
        Assert.NotSame(first, leaves.Get(LeafSubject.ForHost("example.org")));
        Assert.Equal(2, leaves.Count);
    }

    [Fact]
    public void Get_ManyAtOnce_IssuesOnce()
    {
        using var ca = Authority();
        using var leaves = new LeafCertificates(ca);

        var contexts = Enumerable.Range(0, 200).AsParallel().WithDegreeOfParallelism(16)
            .Select(i => leaves.Get(LeafSubject.ForHost($"host{i % 4}.example"))).ToList();

        Assert.Equal(4, contexts.Distinct().Count());
        Assert.Equal(4, contexts.Select(c => c.TargetCertificate.SerialNumber).Distinct().Count());
        Assert.Equal(4, leaves.Count);
    }

    [Fact]
    public async Task Get_CacheFull_DropsTheLeastRecentlyUsedWhichStillWorks()
    {
        using var ca = Authority();
        using var leaves = new LeafCertificates(ca, capacity: 2);
        var a = leaves.Get(LeafSubject.ForHost("a.example"));
        var b = leaves.Get(LeafSubject.ForHost("b.example"));
        leaves.Get(LeafSubject.ForHost("a.example"));

        leaves.Get(LeafSubject.ForHost("c.example"));

        Assert.Equal(2, leaves.Count);
        Assert.Same(a, leaves.Get(LeafSubject.ForHost("a.example")));
        Assert.NotSame(b, leaves.Get(LeafSubject.ForHost("b.example")));
        await HandshakeAsync(ca, b, "b.example");
    }

    [Fact]
    public void Get_NearItsEnd_Renews()
    {
        var time = new FixedTime(DateTimeOffset.UtcNow);
        using var ca = Authority(time: time);
        using var leaves = new LeafCertificates(ca, time);
        var subject = LeafSubject.ForHost("example.com");
        var first = leaves.Get(subject);

        time.Now = time.Now.AddDays(180);
        Assert.Same(first, leaves.Get(subject));
        time.Now = time.Now.AddDays(15);
        var second = leaves.Get(subject);

        Assert.NotSame(first, second);
        Assert.True(second.TargetCertificate.NotAfter.ToUniversalTime() > time.Now.UtcDateTime.AddDays(100));
        Assert.Equal(1, leaves.Count);
    }

    [Fact]
    public void Get_AuthorityNearItsEnd_NeverOutlivesIt()
    {
        var time = new FixedTime(DateTimeOffset.UtcNow);
        using var ca = Authority(time: time);
        using var leaves = new LeafCertificates(ca, time);
        var subject = LeafSubject.ForHost("example.com");
        time.Now = ca.NotAfter.AddDays(-1);

        var last = leaves.Get(subject);

        Assert.Equal(ca.Certificate.NotAfter, last.TargetCertificate.NotAfter);
        Assert.Same(last, leaves.Get(subject));
        time.Now = ca.NotAfter.AddSeconds(1);
        Assert.Throws<CertificateAuthorityException>(() => leaves.Get(subject));
        Assert.Equal(0, leaves.Count);
    }

    [Theory]
    [InlineData(KeyKind.Ecdsa, "example.com", SslProtocols.Tls13)]
    [InlineData(KeyKind.Ecdsa, "example.com", SslProtocols.Tls12)]
    [InlineData(KeyKind.Ecdsa, "127.0.0.1", SslProtocols.Tls13)]
    [InlineData(KeyKind.Ecdsa, "::1", SslProtocols.Tls13)]
    [InlineData(KeyKind.Rsa, "example.com", SslProtocols.Tls13)]
    [InlineData(KeyKind.Rsa, "example.com", SslProtocols.Tls12)]
    public async Task Get_Handshake_ClientThatTrustsTheAuthorityIsContent(KeyKind kind, string host, SslProtocols protocol)
    {
        using var ca = Authority(kind);
        using var leaves = new LeafCertificates(ca);

        await HandshakeAsync(ca, leaves.Get(LeafSubject.ForHost(host)), host, protocol);
    }

    [Fact]
    public async Task Get_AuthorityOfAnotherOne_IsSentAlong()
    {
        // The authority of a company: issued by a root that clients know, while they do not know it.
        using var rootFolder = new TemporaryFolder();
        using var root = CertificateAuthority.LoadOrCreate(rootFolder.Path, KeyKind.Ecdsa, TimeProvider.System);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = CertificateAuthority.RequestFor("CN=Department", key);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(0));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var certificate = root.Issue(request, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(100), [1, 2, 3]);
        await File.WriteAllTextAsync(_folder["mitmweb-ca.pem"], key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem());
        using var ca = Authority();
        using var leaves = new LeafCertificates(ca);

        var context = leaves.Get(LeafSubject.ForHost("example.com"));

        Assert.Equal("CN=Department", Assert.Single(context.IntermediateCertificates).Subject);
        await HandshakeAsync(root, context, "example.com");
    }

    [Fact]
    public async Task Get_Java_TrustsIt()
    {
        if (!Tool.Exists("java"))
        {
            Console.WriteLine("Skipped: this machine has no Java.");
            return;
        }

        using var ca = Authority();
        using var leaves = new LeafCertificates(ca);
        await File.WriteAllTextAsync(_folder["Check.java"], """
            import java.net.URI;
            public class Check {
                public static void main(String[] a) throws Exception {
                    System.out.print(new String(URI.create(a[0]).toURL().openStream().readAllBytes()));
                }
            }
            """);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = ServeOnceAsync(listener, leaves.Get(LeafSubject.ForHost("127.0.0.1")));

        // The trust store is the file that the set-up page offers, as it is.
        var (ok, output) = await Tool.RunAsync(
            "java", "-Djavax.net.ssl.trustStore=" + _folder["mitmweb-ca-cert.p12"], "-Djavax.net.ssl.trustStoreType=PKCS12",
            _folder["Check.java"], $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

        Assert.True(ok, output);
        Assert.Equal("hello", output);
        await server;
    }

    [Fact]
    public void Get_AfterWarmUp_IsFast()
    {
        using var ca = Authority();
        using var leaves = new LeafCertificates(ca);
        Issue("warm", 200);

        var before = Process.GetCurrentProcess().TotalProcessorTime;
        Issue("host", 300);
        var each = (Process.GetCurrentProcess().TotalProcessorTime - before) / 300;

        // A tenth of this is usual; the limit leaves room for tests that run beside.
        Assert.True(each < TimeSpan.FromMilliseconds(10), $"A leaf took {each.TotalMilliseconds} ms of processor time.");

        void Issue(string name, int count)
        {
            for (var i = 0; i < count; i++)
            {
                leaves.Get(LeafSubject.ForHost($"{name}{i}.example"));
            }
        }
    }

    [Fact]
    public void Get_Disposed_Throws()
    {
        using var ca = Authority();
        var leaves = new LeafCertificates(ca);
        leaves.Dispose();

        Assert.Throws<ObjectDisposedException>(() => leaves.Get(LeafSubject.ForHost("example.com")));
    }

    private CertificateAuthority Authority(KeyKind kind = KeyKind.Ecdsa, TimeProvider? time = null) =>
        CertificateAuthority.LoadOrCreate(_folder.Path, kind, time ?? TimeProvider.System);

    private static async Task ServeOnceAsync(TcpListener listener, SslStreamCertificateContext context)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context });
        var buffer = new byte[4096];
        var read = await tls.ReadAsync(buffer);
        Assert.NotEqual(0, read);
        await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"u8.ToArray());
        await tls.ShutdownAsync();
    }

    private static async Task HandshakeAsync(
        CertificateAuthority ca, SslStreamCertificateContext context, string host, SslProtocols protocol = SslProtocols.None)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = ServeOnceAsync(listener, context);
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        await using var tls = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(ca.Certificate);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            CertificateChainPolicy = policy,
            EnabledSslProtocols = protocol,
        });
        await tls.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await tls.ReadAsync(new byte[100]));
        await server;
    }
}
