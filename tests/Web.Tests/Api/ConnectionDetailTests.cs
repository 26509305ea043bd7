using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Web.Tests.Api;

/// <summary>What the API tells of a flow's handshakes.</summary>
public sealed class ConnectionDetailTests
{
    /// <summary>OpenSSL's hello of TLS 1.2, as curl sends it, and the fingerprints that tshark and FoxIO's program compute of it.</summary>
    private static readonly byte[] Hello = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Hellos", "curl-http1-tls12.bin"))[5..];

    [Fact]
    public async Task Get_TlsOfBothSides_IsTakenApart()
    {
        await using var dashboard = await Dashboard.Start();
        using var leaf = MakeLeaf();
        var flow = await dashboard.Record(
            client: new TlsDetails
            {
                Version = "TLS 1.2",
                CipherSuite = "TLS_RSA_WITH_AES_128_GCM_SHA256",
                Sni = "www.example.test",
                AlpnOffered = ["http/1.1"],
                ClientHello = Hello,
                ServerHello = [2, 0, 0, 38, 3, 3, .. new byte[32], 0, 0, 0x9C, 0],
                Resumed = false,
                ClientAlert = "unknown_ca (48)",
                Certificates = [leaf.RawData],
                ClientCertificate = leaf.RawData,
            },
            server: new TlsDetails
            {
                Version = "TLS 1.3",
                CipherSuite = "TLS_AES_128_GCM_SHA256",
                KeyExchangeGroup = "X25519MLKEM768",
                Resumed = true,
                HelloRetried = true,
                Certificates = [leaf.RawData],
                CertificateError = "it is self-signed.",
                Verification = new CertificateVerification(
                    true, [new TrustStep("CN=one", leaf.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), ["UntrustedRoot"])], VerificationRule.Skip),
            });

        var detail = await dashboard.Json($"/api/flows/{flow.Id}");

        var client = detail.GetProperty("clientConnection").GetProperty("tls");
        var hello = client.GetProperty("clientHello");
        Assert.Equal("87b9bfc7da97115ed2276737b09f8d74", hello.GetProperty("ja3").GetString());
        Assert.Equal("t12d2807h1_d943125447b4_a44c6288192a", hello.GetProperty("ja4").GetString());
        Assert.Equal(28, hello.GetProperty("cipherSuites").GetArrayLength());
        var name = hello.GetProperty("extensions")[0];
        Assert.Equal("server_name www.example.test", $"{name.GetProperty("name")} {name.GetProperty("values")[0].GetProperty("text")}");
        Assert.Equal("TLS_RSA_WITH_AES_128_GCM_SHA256", client.GetProperty("serverHello").GetProperty("cipherSuite").GetProperty("text").GetString());
        Assert.Equal("notAsked", client.GetProperty("ocsp").GetProperty("state").GetString());
        Assert.Equal("unknown_ca (48)", client.GetProperty("clientAlert").GetString());
        Assert.Equal(3.25, client.GetProperty("handshakeMs").GetDouble());
        Assert.Equal("null", client.GetProperty("verification").GetRawText());
        Assert.Equal("CN=one", client.GetProperty("clientCertificate").GetProperty("subject").GetString());

        var server = detail.GetProperty("serverConnection").GetProperty("tls");
        Assert.Equal("X25519MLKEM768", server.GetProperty("keyExchangeGroup").GetString());
        Assert.True(server.GetProperty("resumed").GetBoolean());
        Assert.True(server.GetProperty("helloRetried").GetBoolean());
        Assert.Equal("accepted", server.GetProperty("verification").GetProperty("result").GetString());
        Assert.Equal("skip", server.GetProperty("verification").GetProperty("rule").GetString());
        Assert.Equal("null", server.GetProperty("clientCertificate").GetRawText());
        var step = server.GetProperty("verification").GetProperty("path")[0];
        Assert.True(step.GetProperty("sent").GetBoolean());
        Assert.Equal("UntrustedRoot", step.GetProperty("problems")[0].GetString());
        Assert.Equal("unknown", server.GetProperty("ocsp").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Get_Certificate_IsReadAsOpensslReadsIt()
    {
        await using var dashboard = await Dashboard.Start();
        using var leaf = MakeLeaf();
        var flow = await dashboard.Record(server: new TlsDetails { Version = "TLS 1.3", CipherSuite = "x", Certificates = [leaf.RawData, [1, 2, 3]] });

        var certificates = (await dashboard.Json($"/api/flows/{flow.Id}")).GetProperty("serverConnection").GetProperty("tls").GetProperty("certificates");

        var certificate = certificates[0];
        Assert.Equal(
            "[\"DNS:one.example\",\"IP:10.1.2.3\",\"URI:spiffe://one/two\",\"email:me@one.example\"]", certificate.GetProperty("subjectAltNames").GetRawText());
        Assert.Equal("[\"keyEncipherment\",\"digitalSignature\"]", certificate.GetProperty("keyUsages").GetRawText());
        Assert.Equal("[\"serverAuth\",\"clientAuth\"]", certificate.GetProperty("extendedKeyUsages").GetRawText());
        Assert.Equal("[\"http://crl.one.example/a.crl\"]", certificate.GetProperty("crlUrls").GetRawText());
        Assert.Equal("[\"http://ocsp.one.example/\"]", certificate.GetProperty("ocspUrls").GetRawText());
        Assert.Equal(leaf.Thumbprint, certificate.GetProperty("fingerprintSha1").GetString()!.Replace(":", "", StringComparison.Ordinal));
        Assert.Equal(
            leaf.GetCertHashString(HashAlgorithmName.SHA256), certificate.GetProperty("fingerprintSha256").GetString()!.Replace(":", "", StringComparison.Ordinal));
        Assert.Equal("ECDSA P-384", certificate.GetProperty("keyAlgorithm").GetString());
        Assert.True(certificate.GetProperty("isSelfSigned").GetBoolean());
        Assert.Contains("cannot be read", certificates[1].GetProperty("subject").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Certificates_AsPem()
    {
        await using var dashboard = await Dashboard.Start();
        using var leaf = MakeLeaf();
        using var other = MakeLeaf();
        var flow = await dashboard.Record(server: new TlsDetails { Version = "TLS 1.3", CipherSuite = "x", Certificates = [leaf.RawData, other.RawData] });

        using var response = await dashboard.Client.GetAsync($"/api/flows/{flow.Id}/certificates");

        Assert.Equal("application/x-pem-file", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("api.example.com-chain.pem", response.Content.Headers.ContentDisposition!.FileName);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(await response.Content.ReadAsStringAsync());
        Assert.Equal([leaf.Thumbprint, other.Thumbprint], chain.Select(certificate => certificate.Thumbprint));
        var second = await dashboard.Client.GetStringAsync($"/api/flows/{flow.Id}/certificates?side=server&index=1");
        Assert.Equal(other.ExportCertificatePem(), second.Trim());
    }

    [Theory]
    [InlineData("1/certificates?side=left", HttpStatusCode.BadRequest, "“left”")]
    [InlineData("1/certificates?index=first", HttpStatusCode.BadRequest, "“first”")]
    [InlineData("1/certificates?index=7", HttpStatusCode.NotFound, "no certificate 7")]
    [InlineData("1/certificates?side=client", HttpStatusCode.NotFound, "No certificate passed")]
    [InlineData("9/certificates", HttpStatusCode.NotFound, "no flow 9")]
    [InlineData("x/certificates", HttpStatusCode.BadRequest, "“x”")]
    public async Task Get_CertificatesThatAreNotThere_SaysWhy(string path, HttpStatusCode status, string words)
    {
        await using var dashboard = await Dashboard.Start();
        using var leaf = MakeLeaf();
        await dashboard.Record(server: new TlsDetails { Version = "TLS 1.3", CipherSuite = "x", Certificates = [leaf.RawData] });

        Assert.Contains(words, (await dashboard.Json("/api/flows/" + path, status)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static X509Certificate2 MakeLeaf()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest("CN=one", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("one.example");
        names.AddIpAddress(IPAddress.Parse("10.1.2.3"));
        names.AddUri(new Uri("spiffe://one/two"));
        names.AddEmailAddress("me@one.example");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(["http://ocsp.one.example/"], [], false));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://crl.one.example/a.crl"], false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
