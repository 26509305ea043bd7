using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Tests.Certificates;
using MitmWeb.Proxy.Tests.Support;

namespace MitmWeb.Proxy.Tests.Tls;

/// <summary>Each option about TLS, seen from both ends of the proxy.</summary>
public sealed class TlsOptionsTests : IDisposable
{
    /// <summary>.NET keeps the contexts that sessions belong to in a cache for the whole process, and now and then throws out those that are not in
    /// use: other tests fill it.</summary>
    private const int Attempts = 10;

    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _root = TestCertificate.Root();

    public void Dispose()
    {
        _root.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("", "any.example")]
    [InlineData("pinned.example=", "pinned.example")]
    [InlineData("*.wild.example=", "a.b.wild.example")]
    [InlineData("elsewhere.example=", "mine.example")]
    public async Task Certs_HostThatFits_SeesIt(string prefix, string host)
    {
        await using var proxy = await WithCustomAsync(prefix);

        var (certificates, _) = await HandshakeAsync(proxy, "127.0.0.1:1", host);

        Assert.Equal("CN=mine.example", certificates[0].Subject);

        // Its chain is sent along, without the root.
        Assert.Equal(["CN=mine.example", "CN=Middle"], certificates.Select(one => one.Subject));
    }

    [Theory]
    [InlineData("pinned.example=", "other.example")]
    [InlineData("*.wild.example=", "wild.example")]
    public async Task Certs_OtherHost_SeesOurs(string prefix, string host)
    {
        await using var proxy = await WithCustomAsync(prefix);

        var (certificates, _) = await HandshakeAsync(proxy, "127.0.0.1:1", host);

        Assert.Equal(TestProxy.Authority.Certificate.Subject, certificates[0].Issuer);
    }

    [Theory]
    [InlineData("rubbish", "neither a private key nor a certificate")]
    [InlineData(null, "Could not find file")]
    public async Task Files_ThatCannotBeUsed_AreToldAtTheStart(string? content, string cause)
    {
        var file = _folder["x.pem"];
        if (content is not null)
        {
            await File.WriteAllTextAsync(file, content);
        }

        foreach (var (option, tls) in new (string, TlsOptions)[]
        {
            ("--certs", new TlsOptions { Certs = ["a.example=" + file] }),
            ("--client-certs", new TlsOptions { ClientCerts = file }),
            ("--ssl-verify-upstream-trusted-ca", new TlsOptions { TrustedCa = file }),
        })
        {
            var error = await Assert.ThrowsAsync<TlsOptionsException>(() => TestProxy.StartAsync(options => options with { Tls = tls }));
            Assert.Contains(option, error.Message, StringComparison.Ordinal);
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.Contains(option.Contains("trusted", StringComparison.Ordinal) && content is not null ? "no certificate" : cause, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false, SslProtocols.Tls12)]
    [InlineData(false, SslProtocols.Tls13)]
    [InlineData(true, SslProtocols.Tls12)]
    [InlineData(true, SslProtocols.Tls13)]
    public async Task ClientCerts_ServerThatAsks_GetsTheOneForItsName(bool folder, SslProtocols protocol)
    {
        using var mine = TestCertificate.Create("CN=me", [], _root);
        var file = _folder[folder ? "shop.example.pem" : "me.pem"];
        await File.WriteAllTextAsync(file, TestCertificate.Pem(mine));
        var seen = new TaskCompletionSource<string?>();
        await using var server = AskingServer(seen, protocol);
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { ClientCerts = folder ? _folder.Path : file } });

        Assert.Contains("200 OK", await GetAsync(proxy, server.Authority, "shop.example"), StringComparison.Ordinal);

        Assert.Equal("CN=me", await seen.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(mine.RawData, flow.Server!.Tls!.ClientCertificate);
    }

    /// <summary>Whoever was let in with one certificate must not go on under its name when another has been put in its place.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientCerts_FileThatChanges_IsShownOnANewConnection(bool folder)
    {
        var file = _folder["shop.example.pem"];
        using var first = TestCertificate.Create("CN=first", [], _root);
        using var second = TestCertificate.Create("CN=second", [], _root);
        await File.WriteAllTextAsync(file, TestCertificate.Pem(first));
        var tls = RawServer.Tls(TestCertificate.Create("CN=shop", ["shop.example"]));
        tls.ClientCertificateRequired = true;
        tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        await using var server = new RawServer(ServeAsync, tls);
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { ClientCerts = folder ? _folder.Path : file } });

        var (_, peer) = await HandshakeAsync(proxy, server.Authority, "shop.example");
        var flows = new List<Flow>();
        for (var i = 0; i < 4; i++)
        {
            if (i == 2)
            {
                await File.WriteAllTextAsync(file, TestCertificate.Pem(second));
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));
            }

            await peer.SendAsync("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
            Assert.EndsWith("hi", await peer.ReadUntilAsync("hi"), StringComparison.Ordinal);
            flows.Add(await proxy.Sink.NextAsync());
        }

        Assert.Equal([first.RawData, first.RawData, second.RawData, second.RawData], flows.Select(flow => flow.Server!.Tls!.ClientCertificate));
        Assert.Equal(2, flows.Select(flow => flow.Server!.Id).Distinct().Count());
    }

    /// <summary>A session that was made with the old certificate would go on under its name, whatever is shown now. openssl's own server says
    /// whom it sees.</summary>
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task ClientCerts_FileThatChanges_SessionOfTheOldOneIsNotResumed(string version)
    {
        using var certificate = TestCertificate.Create("CN=shop", ["shop.example"]);
        await File.WriteAllTextAsync(_folder["server.pem"], TestCertificate.Pem(certificate));
        var file = _folder["shop.example.pem"];
        await using var server = await OpensslServer.StartAsync("-cert", _folder["server.pem"], "-key", _folder["server.pem"], "-www", "-Verify", "1", version);
        using var first = TestCertificate.Create("CN=first", [], _root);
        await File.WriteAllTextAsync(file, TestCertificate.Pem(first));
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { ClientCerts = file } });

        Assert.Contains("CN=first", await AskAsync(), StringComparison.Ordinal);
        var isResumed = false;
        for (var attempt = 0; attempt < Attempts && !isResumed; attempt++)
        {
            var again = await AskAsync();
            Assert.Contains("CN=first", again, StringComparison.Ordinal);
            isResumed = again.Contains("Reused, TLSv1", StringComparison.Ordinal);
        }

        Assert.True(isResumed);

        using var second = TestCertificate.Create("CN=second", [], _root);
        await File.WriteAllTextAsync(file, TestCertificate.Pem(second));
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));

        var changed = await AskAsync();
        Assert.Contains("CN=second", changed, StringComparison.Ordinal);
        Assert.Contains("New, TLSv1", changed, StringComparison.Ordinal);

        async Task<string> AskAsync()
        {
            var (_, peer) = await HandshakeAsync(proxy, $"127.0.0.1:{server.Port}", "shop.example");
            await peer.SendAsync("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
            return (await peer.ReadToEndAsync()).Replace("CN = ", "CN=", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ClientCerts_FileThatBecomesUnusable_IsToldAndNothingGoesOut()
    {
        var file = _folder["shop.example.pem"];
        using var mine = TestCertificate.Create("CN=me", [], _root);
        await File.WriteAllTextAsync(file, TestCertificate.Pem(mine));
        await using var server = Server(TestCertificate.Create("CN=shop", ["shop.example"]));
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { ClientCerts = _folder.Path } });
        Assert.Contains("200 OK", await GetAsync(proxy, server.Authority, "shop.example"), StringComparison.Ordinal);
        await proxy.Sink.NextAsync();

        await File.WriteAllTextAsync(file, "rubbish");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));

        Assert.StartsWith("HTTP/1.1 502 ", await GetAsync(proxy, server.Authority, "shop.example"), StringComparison.Ordinal);
        var error = (await proxy.Sink.NextAsync()).Error!;
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Equal(FlowStep.ServerTls, error.Step);
    }

    /// <summary>A server that wants no certificate gets none, and the flow does not say that it did.</summary>
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task ClientCerts_ServerThatDoesNotAsk_IsNotSaidToHaveGotOne(SslProtocols protocol)
    {
        using var mine = TestCertificate.Create("CN=me", [], _root);
        await File.WriteAllTextAsync(_folder["me.pem"], TestCertificate.Pem(mine));
        await using var server = Server(TestCertificate.Create("CN=shop", ["shop.example"]), protocol);
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { ClientCerts = _folder["me.pem"] } });

        Assert.Contains("200 OK", await GetAsync(proxy, server.Authority, "shop.example"), StringComparison.Ordinal);

        Assert.Null((await proxy.Sink.NextAsync()).Server!.Tls!.ClientCertificate);
    }

    [Theory]
    [InlineData("-tls1_2", "other.example", "")]
    [InlineData("-tls1_3", "other.example", "wants a client certificate")]
    [InlineData("-tls1_2", "shop.example", "does not accept the client certificate")]
    [InlineData("-tls1_3", "shop.example", "does not accept the client certificate")]
    public async Task ClientCerts_NotWhatTheServerWants_PageSaysWhatItWants(string version, string mineFor, string message)
    {
        // The server takes certificates of one CA alone, which did not sign ours.
        using var shop = TestCertificate.Create("CN=shop", ["shop.example"]);
        var files = Directory.CreateDirectory(_folder["certs"]).FullName;
        using var mine = TestCertificate.Create("CN=me", [], _root);
        await File.WriteAllTextAsync(Path.Combine(files, mineFor + ".pem"), TestCertificate.Pem(mine));
        await File.WriteAllTextAsync(_folder["shop.pem"], TestCertificate.Pem(shop));
        await using var server = await OpensslServer.StartAsync(
            "-cert", _folder["shop.pem"], "-key", _folder["shop.pem"], "-Verify", "1", "-verify_return_error", "-CAfile", _folder["shop.pem"], "-www", version);
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { ClientCerts = files } });

        var page = await GetAsync(proxy, $"127.0.0.1:{server.Port}", "shop.example");

        Assert.StartsWith("HTTP/1.1 502 ", page, StringComparison.Ordinal);
        var error = (await proxy.Sink.NextAsync()).Error!;
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("--client-certs", error.Fix, StringComparison.Ordinal);
        Assert.Equal(FlowStep.ServerTls, error.Step);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RequestClientCert_ClientsCertificate_IsRecorded(bool shows)
    {
        using var mine = TestCertificate.Create("CN=me", []);
        await using var server = Server(TestCertificate.Create("CN=a", ["a.example"]));
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { RequestClientCert = true } });

        var (_, peer) = await HandshakeAsync(proxy, server.Authority, "a.example", options => options.ClientCertificates = shows ? [mine] : null);
        await peer.SendAsync("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        Assert.Contains("200 OK", await peer.ReadHeadAsync(), StringComparison.Ordinal);

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(shows ? mine.RawData : null, flow.Client.Tls!.ClientCertificate);
    }

    [Theory]
    [InlineData(null, false, "unknown", 502)]
    [InlineData("file", false, "", 200)]
    [InlineData("folder", false, "", 200)]
    [InlineData("other", false, "unknown", 502)]
    public async Task TrustedCas_DecideOverServers(string? trust, bool insecure, string problem, int status)
    {
        using var other = TestCertificate.Root("CN=Other");
        await File.WriteAllTextAsync(_folder["ca.pem"], (trust == "other" ? other : _root).ExportCertificatePem());
        await using var server = Server(TestCertificate.Create("CN=a", ["a.example"], _root));
        await using var proxy = await TestProxy.StartAsync(options => options with
        {
            SslInsecure = insecure,
            Tls = new TlsOptions { TrustedCa = trust is "file" or "other" ? _folder["ca.pem"] : null, TrustedConfdir = trust == "folder" ? _folder.Path : null },
        });

        Assert.StartsWith($"HTTP/1.1 {status} ", await GetAsync(proxy, server.Authority, "a.example"), StringComparison.Ordinal);

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(problem.Length == 0, flow.Server!.Tls!.CertificateError is null);
        if (status == 502)
        {
            Assert.Contains("--ssl-verify-upstream-trusted-ca", flow.Error!.Fix, StringComparison.Ordinal);
        }
    }

    /// <summary>The rules, whether everything else is taken unchecked, the status, whether the record names a problem, and by which rule.</summary>
    [Theory]
    [InlineData("a.example=skip", false, 200, true, VerificationRule.Skip)]
    [InlineData("*.example=skip", false, 200, true, VerificationRule.Skip)]
    [InlineData("b.example=skip", false, 502, true, VerificationRule.Verify)]
    [InlineData("a.example=verify", true, 502, true, VerificationRule.Verify)]
    [InlineData("b.example=verify", true, 200, true, VerificationRule.Insecure)]
    [InlineData("a.example=verify *=skip", false, 502, true, VerificationRule.Verify)]
    [InlineData("a.example=sha256:CERT", false, 200, false, VerificationRule.Pin)]
    [InlineData("a.example=sha256:KEY", false, 200, false, VerificationRule.Pin)]
    [InlineData("a.example=sha256:WRONG", false, 502, true, VerificationRule.Pin)]
    [InlineData("a.example=sha256:WRONG", true, 502, true, VerificationRule.Pin)]
    [InlineData("a.example=sha256:WRONG a.example=sha256:KEY", false, 200, false, VerificationRule.Pin)]
    [InlineData("a.example=sha256:WRONG b.example=sha256:KEY", false, 502, true, VerificationRule.Pin)]
    public async Task VerifyHost_Rule_Decides(string rules, bool insecure, int status, bool hasProblem, VerificationRule decided)
    {
        using var certificate = TestCertificate.Create("CN=a", ["elsewhere.example"]);
        await using var server = Server(certificate);
        rules = rules
            .Replace("CERT", Convert.ToHexString(SHA256.HashData(certificate.RawData)), StringComparison.Ordinal)
            .Replace("KEY", Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())), StringComparison.Ordinal)
            .Replace("WRONG", new string('0', 64), StringComparison.Ordinal);
        await using var proxy = await TestProxy.StartAsync(options => options with
        {
            SslInsecure = insecure,
            Tls = new TlsOptions { Verify = [.. rules.Split(' ').Select(text => HostVerification.TryParse(text, out var rule) ? rule : throw new FormatException(text))] },
        });

        Assert.StartsWith($"HTTP/1.1 {status} ", await GetAsync(proxy, server.Authority, "a.example"), StringComparison.Ordinal);

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal(hasProblem, flow.Server!.Tls!.CertificateError is not null);
        Assert.Equal(decided, flow.Server.Tls.Verification!.Rule);
        if (rules.Contains("sha256", StringComparison.Ordinal) && status == 502)
        {
            Assert.Contains("not the one that is pinned", flow.Error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task MissingIntermediate_IsCalledThat()
    {
        using var middle = TestCertificate.Create("CN=Middle", [], _root, isAuthority: true);
        await File.WriteAllTextAsync(_folder["ca.pem"], _root.ExportCertificatePem());
        await using var server = Server(TestCertificate.Create("CN=a", ["a.example"], middle));
        await using var proxy = await TestProxy.StartAsync(options => options with { SslInsecure = false, Tls = new TlsOptions { TrustedCa = _folder["ca.pem"] } });

        Assert.StartsWith("HTTP/1.1 502 ", await GetAsync(proxy, server.Authority, "a.example"), StringComparison.Ordinal);

        Assert.Contains("a missing intermediate certificate", (await proxy.Sink.NextAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12, TlsVersion.Unbounded, SslProtocols.Tls13)]
    [InlineData(TlsVersion.Tls12, TlsVersion.Tls12, SslProtocols.Tls12)]
    [InlineData(TlsVersion.Tls13, TlsVersion.Tls13, SslProtocols.Tls13)]
    public async Task Versions_OfEachSide_AreKept(TlsVersion min, TlsVersion max, SslProtocols expected)
    {
        var side = new TlsSideOptions { MinVersion = min, MaxVersion = max };
        await using var server = Server(TestCertificate.Create("CN=a", ["a.example"]));
        await using var client = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { Client = side } });
        await using var upstream = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { Server = side } });

        await GetAsync(client, server.Authority, "a.example");
        await GetAsync(upstream, server.Authority, "a.example");

        var name = expected == SslProtocols.Tls13 ? "TLS 1.3" : "TLS 1.2";
        var first = await client.Sink.NextAsync();
        Assert.Equal((name, "TLS 1.3"), (first.Client.Tls!.Version, first.Server!.Tls!.Version));
        var second = await upstream.Sink.NextAsync();
        Assert.Equal(("TLS 1.3", name), (second.Client.Tls!.Version, second.Server!.Tls!.Version));
    }

    [Theory]
    [InlineData("-tls1_2", "Tls13", null, "speaks TLS 1.2 at most", "takes TLS 1.3 or newer", "--tls-version-client-min TLS1_2")]
    [InlineData("-tls1 -cipher ALL@SECLEVEL=0", "Tls12", null, "speaks TLS 1.0 at most", "takes TLS 1.2 or newer", "--tls-version-client-min TLS1 ")]
    [InlineData("-tls1_1 -cipher ALL@SECLEVEL=0", "Tls12", null, "speaks TLS 1.1 at most", "takes TLS 1.2 or newer", "--tls-version-client-min TLS1_1")]
    [InlineData("-tls1_2 -cipher ECDHE-RSA-AES128-SHA", "Tls12", null, "one cipher suite", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA), and MitmWeb takes none of them: they need an RSA certificate", "--ca-key-type rsa")]
    [InlineData("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA", "Tls12", "ECDHE+AESGCM", "one cipher suite", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA), and MitmWeb takes none of them.", "--ciphers-client ECDHE+AESGCM")]
    public async Task Hello_ThatHasNothingInCommon_SaysWhatItOffersAndWhatHelps(string arguments, string min, string? ciphers, string offer, string ours, string fix)
    {
        await using var proxy = await TestProxy.StartAsync(options => options with
        {
            Tls = new TlsOptions { ConnectionStrategy = ConnectionStrategy.Lazy, Client = new TlsSideOptions { MinVersion = Enum.Parse<TlsVersion>(min), Ciphers = ciphers } },
        });

        await Tool.RunAsync("sh", "-c", $"timeout 20 openssl s_client -proxy 127.0.0.1:{proxy.Port} -connect 127.0.0.1:1 -servername a.example {arguments} </dev/null");

        var error = (await proxy.Sink.NextAsync()).Error!;
        Assert.Contains(offer, error.Message, StringComparison.Ordinal);
        Assert.Contains(ours, error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.Contains("a.example can also be passed through", error.Fix, StringComparison.Ordinal);
        Assert.False(Assert.Single(proxy.Server.Rejections).SawCertificate);
    }

    [Fact]
    public async Task Versions_ServerThatIsTooNew_IsExplained()
    {
        await using var server = Server(TestCertificate.Create("CN=a", ["a.example"]), SslProtocols.Tls13);
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { Server = new TlsSideOptions { MaxVersion = TlsVersion.Tls12 } } });

        Assert.StartsWith("HTTP/1.1 502 ", await GetAsync(proxy, server.Authority, "a.example"), StringComparison.Ordinal);

        var error = (await proxy.Sink.NextAsync()).Error!;
        Assert.Contains("no TLS version in common", error.Message, StringComparison.Ordinal);
        Assert.Contains("--tls-version-server-max", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ciphers_OfEachSide_AreKept()
    {
        var side = new TlsSideOptions { MaxVersion = TlsVersion.Tls12, Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" };
        await using var server = Server(TestCertificate.Create("CN=a", ["a.example"]));
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { Client = side, Server = side } });

        await GetAsync(proxy, server.Authority, "a.example");

        var flow = await proxy.Sink.NextAsync();
        Assert.Equal("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", flow.Client.Tls!.CipherSuite);
        Assert.Equal("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", flow.Server!.Tls!.CipherSuite);
    }

    /// <summary>Whether a client's second connection goes on with the session of the first one; openssl says so. With a cipher list of our own
    /// .NET keeps no context, and so no tickets' keys: the documentation says that.</summary>
    [Theory]
    [InlineData("-tls1_2", null)]
    [InlineData("-tls1_3", null)]
    [InlineData("-tls1_2", "ECDHE+AESGCM")]
    [InlineData("-tls1_3", "ECDHE+AESGCM")]
    public async Task Sessions_OfClients_AreResumed(string version, string? ciphers)
    {
        await using var server = Server(TestCertificate.Create("CN=a", ["a.example"]));
        await using var proxy = await TestProxy.StartAsync(options => options with { Tls = new TlsOptions { Client = new TlsSideOptions { Ciphers = ciphers } } });

        var isResumed = false;
        for (var attempt = 0; attempt < (ciphers is null ? Attempts : 1) && !isResumed; attempt++)
        {
            Assert.Contains("New, TLSv1", await ConnectAsync("-sess_out"), StringComparison.Ordinal);
            if (ciphers is not null && !File.Exists(_folder["session.pem"]))
            {
                return; // With TLS 1.2 the client was not given any session to come back with.
            }

            isResumed = (await ConnectAsync("-sess_in")).Contains("Reused, TLSv1", StringComparison.Ordinal);
        }

        Assert.Equal(ciphers is null, isResumed);

        async Task<string> ConnectAsync(string session)
        {
            // What it sends makes the server answer, so that the tickets, which come after the handshake, have been read when it ends.
            var command = $"printf 'GET / HTTP/1.1\\r\\nHost: a.example\\r\\nConnection: close\\r\\n\\r\\n' | timeout 20 openssl s_client -ign_eof -proxy 127.0.0.1:{proxy.Port} -connect {server.Authority} -servername a.example {version} {session} '{_folder["session.pem"]}'";
            var (_, output) = await Tool.RunAsync("sh", "-c", command);
            return output;
        }
    }

    /// <summary>Whether our second connection to a server goes on with the session of the first one; openssl's own server says so. A client
    /// certificate does not prevent it, a cipher list does.</summary>
    [Theory]
    [InlineData("-tls1_2", null, false)]
    [InlineData("-tls1_3", null, false)]
    [InlineData("-tls1_2", "ECDHE+AESGCM", false)]
    [InlineData("-tls1_3", "ECDHE+AESGCM", false)]
    [InlineData("-tls1_2", null, true)]
    [InlineData("-tls1_3", null, true)]
    public async Task Sessions_WithServers_AreResumed(string version, string? ciphers, bool withCertificate)
    {
        using var mine = TestCertificate.Create("CN=me", [], _root);
        await File.WriteAllTextAsync(_folder["me.pem"], TestCertificate.Pem(mine));
        using var certificate = TestCertificate.Create("CN=a", ["a.example"]);
        await File.WriteAllTextAsync(_folder["server.pem"], TestCertificate.Pem(certificate));
        await using var server = await OpensslServer.StartAsync("-cert", _folder["server.pem"], "-key", _folder["server.pem"], "-www", version);
        await using var proxy = await TestProxy.StartAsync(options => options with
        {
            Tls = new TlsOptions { Server = new TlsSideOptions { Ciphers = ciphers }, ClientCerts = withCertificate ? _folder["me.pem"] : null },
        });

        // It closes after each response.
        Assert.Contains("New, TLSv1", await AskAsync(), StringComparison.Ordinal);
        var isResumed = false;
        for (var attempt = 0; attempt < (ciphers is null ? Attempts : 1) && !isResumed; attempt++)
        {
            isResumed = (await AskAsync()).Contains("Reused, TLSv1", StringComparison.Ordinal);
        }

        Assert.Equal(ciphers is null, isResumed);

        async Task<string> AskAsync()
        {
            var (_, peer) = await HandshakeAsync(proxy, $"127.0.0.1:{server.Port}", "a.example");
            await peer.SendAsync("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            return await peer.ReadToEndAsync();
        }
    }

    private async Task<TestProxy> WithCustomAsync(string prefix)
    {
        using var middle = TestCertificate.Create("CN=Middle", [], _root, isAuthority: true);
        using var mine = TestCertificate.Create("CN=mine.example", ["mine.example"], middle);
        await File.WriteAllTextAsync(_folder["mine.pem"], TestCertificate.Pem(mine, middle, _root));
        return await TestProxy.StartAsync(options => options with
        {
            Tls = new TlsOptions { ConnectionStrategy = ConnectionStrategy.Lazy, Certs = [prefix + _folder["mine.pem"]] },
        });
    }

    private static RawServer Server(X509Certificate2 certificate, SslProtocols protocols = SslProtocols.None)
    {
        var tls = RawServer.Tls(certificate, SslApplicationProtocol.Http11);
        tls.EnabledSslProtocols = protocols;
        return new RawServer(ServeAsync, tls);
    }

    private static RawServer AskingServer(TaskCompletionSource<string?> seen, SslProtocols protocol)
    {
        var tls = RawServer.Tls(TestCertificate.Create("CN=shop", ["shop.example"]));
        tls.EnabledSslProtocols = protocol;
        tls.ClientCertificateRequired = true;
        tls.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            seen.TrySetResult(certificate?.Subject);
            return certificate is not null;
        };
        return new RawServer(ServeAsync, tls);
    }

    private static async Task ServeAsync(RawPeer peer)
    {
        while (await peer.ReadHeadAsync() is { Length: > 0 })
        {
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        }
    }

    private static async Task<string> GetAsync(TestProxy proxy, string authority, string host)
    {
        var (_, peer) = await HandshakeAsync(proxy, authority, host);
        await peer.SendAsync($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        return await peer.ReadHeadAsync();
    }

    /// <summary>A handshake with the proxy by a client that takes any certificate: what was sent, and what is inside.</summary>
    private static async Task<(List<X509Certificate2> Certificates, RawPeer Peer)> HandshakeAsync(
        TestProxy proxy, string authority, string host, Action<SslClientAuthenticationOptions>? configure = null)
    {
        var peer = await proxy.TunnelAsync(authority);
        var certificates = new List<X509Certificate2>();
        var tls = new SslStream(peer.Stream);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                // The chain's store holds what was sent, the certificate itself among it.
                certificates.Add(X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData()));
                certificates.AddRange(chain!.ChainPolicy.ExtraStore
                    .Where(one => !one.RawData.AsSpan().SequenceEqual(certificate.GetRawCertData()))
                    .Select(one => X509CertificateLoader.LoadCertificate(one.RawData)));
                return true;
            },
        };
        configure?.Invoke(options);
        await tls.AuthenticateAsClientAsync(options);
        return (certificates, new RawPeer(tls, peer.Socket));
    }
}
