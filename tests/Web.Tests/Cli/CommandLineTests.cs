using System.Net;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;
using MitmWeb.Proxy.Connections;
using MitmWeb.Web.Cli;

namespace MitmWeb.Web.Tests.Cli;

public sealed class CommandLineTests
{
    private static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [Fact]
    public void Parse_NoArguments_GivesTheDefaults()
    {
        var options = Start();

        Assert.Null(options.ListenHost);
        Assert.Equal(8080, options.ListenPort);
        Assert.Equal(IPAddress.Loopback, options.WebHost);
        Assert.Equal(8081, options.WebPort);
        Assert.Equal(Path.Combine(Home, ".mitmweb"), options.ConfDir);
        Assert.Equal(Path.Combine(Home, ".mitmweb", "session.mitmweb"), options.Session);
        Assert.False(options.Engine.SslInsecure);
        Assert.True(options.Record);
        Assert.Null(options.WebPassword);
        Assert.Equal(KeyKind.Ecdsa, options.CaKeyType);
        Assert.Equal(Verbosity.Normal, options.Verbosity);
    }

    [Fact]
    public void Parse_EveryOption_IsTaken()
    {
        var options = Start(
            "--listen-host", "::1", "-p", "9090", "--web-host", "*", "--web-port=9091", "--confdir", "/tmp/c d", "-k",
            "--session", "~/x.mitmweb", "--web-password", "s3cret", "--ca-key-type", "rsa", "-v", "--no-record");

        Assert.Equal(IPAddress.IPv6Loopback, options.ListenHost);
        Assert.Equal(9090, options.ListenPort);
        Assert.Null(options.WebHost);
        Assert.Equal(9091, options.WebPort);
        Assert.Equal("/tmp/c d", options.ConfDir);
        Assert.Equal(Path.Combine(Home, "x.mitmweb"), options.Session);
        Assert.True(options.Engine.SslInsecure);
        Assert.False(options.Record);
        Assert.Equal("s3cret", options.WebPassword);
        Assert.Equal(KeyKind.Rsa, options.CaKeyType);
        Assert.Equal(Verbosity.Verbose, options.Verbosity);
    }

    [Fact]
    public void Parse_BodyIndex_IsOnOrOff()
    {
        Assert.True(Start().BodyIndex);
        Assert.True(Start("--body-index", "on").BodyIndex);
        Assert.False(Start("--body-index", "off").BodyIndex);
        Assert.False(Start("--body-index=off").BodyIndex);
    }

    [Fact]
    public void Parse_SslStrip_TakesSeveralHosts_AndIsOffWithout()
    {
        Assert.Equal(["example.com", "*.example.org:8443"], Start("--ssl-strip", "example.com", "--ssl-strip=*.example.org:8443").Engine.SslStrip.Select(target => target.ToString()));
        Assert.Empty(Start().Engine.SslStrip);
    }

    [Fact]
    public void Parse_Limits_AreTaken()
    {
        var options = Start(
            "--connect-timeout", "5", "--first-byte-timeout", "0.5", "--body-idle-timeout=60", "--body-size-limit", "10m", "--no-validate-inbound-headers", "--upstream-per-client");

        Assert.Equal(TimeSpan.FromSeconds(5), options.Engine.ConnectTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Engine.FirstByteTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Engine.BodyIdleTimeout);
        Assert.Equal(10L * 1024 * 1024, options.Engine.BodySizeLimit);
        Assert.False(options.Engine.ValidateInboundHeaders);
        Assert.True(options.Engine.UpstreamPerClient);
    }

    [Theory]
    [InlineData(HttpVersions.Both, HttpVersions.Both)]
    [InlineData(HttpVersions.Both, HttpVersions.Both, "--client-protocols", "both", "--upstream-protocols=both")]
    [InlineData(HttpVersions.Http1, HttpVersions.Both, "--client-protocols", "http1")]
    [InlineData(HttpVersions.Both, HttpVersions.Http2, "--upstream-protocols", "http2")]
    [InlineData(HttpVersions.Http1, HttpVersions.Http1, "--no-http2")]
    [InlineData(HttpVersions.Http1, HttpVersions.Http1, "--no-http2", "--client-protocols", "http1")]
    public void Parse_Protocols_AreTakenForEachSide(HttpVersions client, HttpVersions upstream, params string[] arguments)
    {
        var options = Start(arguments);

        Assert.Equal((client, upstream), (options.Engine.ClientProtocols, options.Engine.UpstreamProtocols));
    }

    [Fact]
    public void Parse_Tls_IsTaken()
    {
        var options = Start(
            "--ca-file", "~/ca.pem", "--connection-strategy", "lazy", "--no-upstream-cert", "--certs", "a.example=/a.pem", "--certs", "/b.pem", "--cert-passphrase", "secret",
            "--client-certs", "/c", "--request-client-cert", "--ssl-verify-host", "h=skip", "--ssl-verify-host=*.h=verify", "--ssl-verify-upstream-trusted-ca", "/ca.pem",
            "--ssl-verify-upstream-trusted-confdir", "/cas", "--tls-version-client-min", "UNBOUNDED", "--tls-version-client-max", "tls1_2", "--tls-version-server-min", "TLS1_1",
            "--tls-version-server-max", "TLS1_3", "--ciphers-client", "A:B", "--ciphers-server", "C", "--tls-ecdh-curve-client", "X25519", "--tls-ecdh-curve-server", "X25519",
            "--tls-keylog", "/keys");

        Assert.Equal(Path.Combine(Home, "ca.pem"), options.CaFile);
        Assert.Equal("/keys", options.TlsKeyLog);
        Assert.Equal(["a.example=/a.pem", "/b.pem"], options.Engine.Tls.Certs);
        Assert.Equal([new HostVerification(HostPattern.Parse("h")!, VerificationKind.Skip), new HostVerification(HostPattern.Parse("*.h")!, VerificationKind.Verify)], options.Engine.Tls.Verify);
        Assert.Equal(
            new TlsOptions
            {
                ConnectionStrategy = ConnectionStrategy.Lazy,
                UpstreamCert = false,
                Certs = options.Engine.Tls.Certs,
                CertPassphrase = "secret",
                ClientCerts = "/c",
                RequestClientCert = true,
                Verify = options.Engine.Tls.Verify,
                TrustedCa = "/ca.pem",
                TrustedConfdir = "/cas",
                Client = new TlsSideOptions { MinVersion = TlsVersion.Unbounded, MaxVersion = TlsVersion.Tls12, Ciphers = "A:B", EcdhCurve = "X25519" },
                Server = new TlsSideOptions { MinVersion = TlsVersion.Tls11, MaxVersion = TlsVersion.Tls13, Ciphers = "C", EcdhCurve = "X25519" },
            },
            options.Engine.Tls);
    }

    [Theory]
    [InlineData("--body-index takes on or off, not 'false'", "--body-index", "false")]
    [InlineData("--connection-strategy takes eager or lazy, not 'x'", "--connection-strategy", "x")]
    [InlineData("--certs takes [domain=]file, not '=x'", "--certs", "=x")]
    [InlineData("--ssl-verify-host takes HOST=verify, HOST=skip or HOST=sha256:HASH (64 hexadecimal digits or Base64), not 'x'", "--ssl-verify-host", "x")]
    [InlineData("--tls-version-client-min takes UNBOUNDED, TLS1, TLS1_1, TLS1_2, TLS1_3, not '1.2'", "--tls-version-client-min", "1.2")]
    [InlineData("--tls-version-server-max cannot be SSL3, which OpenSSL does not speak any more: TLS1 is the oldest", "--tls-version-server-max", "ssl3")]
    [InlineData("--tls-version-client-min (TLS1_3) is newer than --tls-version-client-max (TLS1_2): change one of them", "--tls-version-client-min", "TLS1_3", "--tls-version-client-max", "TLS1_2")]
    [InlineData("--client-certs needs a value that is not empty", "--client-certs", "")]
    [InlineData("'ca' needs to be told what to do: mitmweb ca rotate", "ca")]
    [InlineData("unknown option '--confdri', did you mean '--confdir'?", "ca", "rotate", "--confdri", "x")]
    public void Parse_WrongTls_SaysHow(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.IsType<CommandLineResult.Wrong>(CommandLine.Parse(arguments, TextWriter.Null)).Message);

    [Fact]
    public void Parse_Rotate_IsACommand() =>
        Assert.Equal(
            new CommandLineResult.RotateAuthority("/tmp/c", KeyKind.Rsa),
            CommandLine.Parse(["ca", "rotate", "--confdir", "/tmp/c", "--ca-key-type", "rsa"], TextWriter.Null));

    [Fact]
    public void Parse_HostsToPass_AreTaken()
    {
        var options = Start("--ignore-hosts", "a\\.test", "--ignore-hosts", "b", "--allow-hosts=c:443$", "--no-show-ignored-hosts", "--pass-through-after", "3");

        Assert.Equal(["a\\.test", "b"], options.Engine.IgnoreHosts);
        Assert.Equal(["c:443$"], options.Engine.AllowHosts);
        Assert.False(options.Engine.ShowIgnoredHosts);
        Assert.Equal(3, options.Engine.PassThroughAfter);
        Assert.True(Start().Engine.ShowIgnoredHosts);
    }

    [Fact]
    public void Parse_PatternThatIsNone_SaysWhy()
    {
        var wrong = Assert.IsType<CommandLineResult.Wrong>(CommandLine.Parse(["--ignore-hosts", "(a"], TextWriter.Null));

        Assert.Contains("--ignore-hosts takes a regular expression, not '(a'", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LimitsOfConnections_AreTaken()
    {
        var options = Start(
            "--client-idle-timeout", "5", "--client-head-timeout", "0.5", "--upstream-idle-timeout", "7", "--upstream-max-idle", "0", "--upstream-max-per-server", "6");

        Assert.Equal(TimeSpan.FromSeconds(5), options.Engine.ClientIdleTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Engine.ClientHeadTimeout);
        Assert.Equal(TimeSpan.FromSeconds(7), options.Engine.IdleTimeout);
        Assert.Equal(0, options.Engine.MaxIdleConnections);
        Assert.Equal(6, options.Engine.MaxExchangesPerServer);
    }

    [Fact]
    public void Parse_LimitsOfConnections_AreThoseOfTheEngineWhereNoneAreGiven()
    {
        var options = Start();
        var engine = new Proxy.ProxyOptions();

        Assert.Equal(
            (engine.ClientIdleTimeout, engine.ClientHeadTimeout, engine.IdleTimeout, engine.MaxIdleConnections, engine.MaxExchangesPerServer),
            (options.Engine.ClientIdleTimeout, options.Engine.ClientHeadTimeout, options.Engine.IdleTimeout, options.Engine.MaxIdleConnections, options.Engine.MaxExchangesPerServer));
    }

    [Fact]
    public void Parse_ConfDir_HoldsTheSession() =>
        Assert.Equal(Path.GetFullPath("here/session.mitmweb"), Start("--confdir", "here").Session);

    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::1", "::1")]
    [InlineData("*", null)]
    [InlineData("::", null)]
    public void Parse_Host_IsAnAddress(string text, string? expected) =>
        Assert.Equal(expected, Start("--listen-host", text).ListenHost?.ToString());

    [Theory]
    [InlineData("unknown option '--listen-prot', did you mean '--listen-port'?", "--listen-prot", "9090")]
    [InlineData("unknown option '--web-prot', did you mean '--web-port'?", "--web-prot=1")]
    [InlineData("unknown option '--password', did you mean '--web-password'?", "--password", "x")]
    [InlineData("unknown option '--insecure', did you mean '--ssl-insecure'?", "--insecure")]
    [InlineData("unknown option '--nothing-like-it'", "--nothing-like-it")]
    [InlineData("unknown option '-x'", "-x")]
    [InlineData("unexpected argument 'start': mitmweb takes options only", "start")]
    [InlineData("unexpected argument '@file': mitmweb takes options only", "@file")]
    [InlineData("required argument missing for option: '-p'", "-p")]
    [InlineData("option '-p' expects a single argument but 2 were provided", "-p", "1", "-p", "2")]
    [InlineData("--listen-port takes a port from 0 to 65535, not '65536'", "-p", "65536")]
    [InlineData("--listen-port takes a port from 0 to 65535, not '-1'", "-p", "-1")]
    [InlineData("--web-port takes a port from 0 to 65535, not 'http'", "--web-port", "http")]
    [InlineData("--web-port takes a port from 0 to 65535, not ' 80'", "--web-port", " 80")]
    [InlineData("--listen-host takes an IP address of this machine, localhost or *, not '8080'", "--listen-host", "8080")]
    [InlineData("--web-host takes an IP address of this machine, localhost or *, not 'example.com'", "--web-host", "example.com")]
    [InlineData("--ca-key-type takes ecdsa or rsa, not 'dsa'", "--ca-key-type", "dsa")]
    [InlineData("--web-password needs a value that is not empty", "--web-password", "")]
    [InlineData("--session needs a value that is not empty", "--session", " ")]
    [InlineData("--client-protocols takes http1, http2 or both, not 'h2'", "--client-protocols", "h2")]
    [InlineData("--no-http2 and --upstream-protocols http2 contradict each other", "--no-http2", "--upstream-protocols", "http2")]
    [InlineData("-q and -v exclude each other", "-q", "-v")]
    [InlineData("the proxy and the dashboard cannot both have port 8081: change --listen-port or --web-port", "-p", "8081")]
    public void Parse_WrongArguments_SayWhatIsWrongInOneLine(string message, params string[] arguments)
    {
        using var output = new StringWriter();

        var result = CommandLine.Parse(arguments, output);

        Assert.Equal(message, Assert.IsType<CommandLineResult.Wrong>(result).Message);
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-p", "nonsense", "--help")]
    public void Parse_Help_ListsEveryOptionAndExamples(params string[] arguments)
    {
        using var output = new StringWriter();

        Assert.IsType<CommandLineResult.Finished>(CommandLine.Parse(arguments, output));

        foreach (var option in new[]
        {
            "--listen-host", "-p, --listen-port", "--web-host", "--web-port", "--confdir", "--session", "-k, --ssl-insecure",
            "--ca-key-type", "--web-password", "--client-protocols", "--upstream-protocols", "--no-http2", "-q, --quiet", "-v, --verbose", "--version", "--help", "Examples:", "http://mitm.it/",
        })
        {
            Assert.Contains(option, output.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Parse_Version_IsOneLine()
    {
        using var output = new StringWriter();

        Assert.IsType<CommandLineResult.Finished>(CommandLine.Parse(["--version"], output));

        Assert.Matches(@"^mitmweb \d+\.\d+\.\d+\r?\n$", output.ToString());
    }

    [Theory]
    [InlineData("--connect-timeout", "0")]
    [InlineData("--first-byte-timeout", "soon")]
    [InlineData("--body-idle-timeout", "-1")]
    [InlineData("--client-idle-timeout", "never")]
    [InlineData("--client-head-timeout", "0")]
    [InlineData("--upstream-idle-timeout", "x")]
    [InlineData("--upstream-max-idle", "-1")]
    [InlineData("--upstream-max-per-server", "0")]
    [InlineData("--body-size-limit", "big")]
    [InlineData("--body-size-limit", "m")]
    [InlineData("--body-size-limit", "99999999999999999999")]
    public void Parse_LimitThatIsNone_SaysWhatItTakes(string option, string value)
    {
        var wrong = Assert.IsType<CommandLineResult.Wrong>(CommandLine.Parse([option, value], TextWriter.Null));

        Assert.Contains($"{option} takes a", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(value, wrong.Message, StringComparison.Ordinal);
    }

    private static MitmWebOptions Start(params string[] arguments) =>
        Assert.IsType<CommandLineResult.Start>(CommandLine.Parse(arguments, TextWriter.Null)).Options;

    [Fact]
    public void Parse_Retention_TakesAgeNumberAndSize()
    {
        var result = CommandLine.Parse(["--retain-age", "30d", "--retain-flows", "100000", "--retain-size", "2g"], TextWriter.Null);
        var options = Assert.IsType<CommandLineResult.Start>(result).Options;
        Assert.Equal(new MitmWeb.Proxy.Storage.RetentionPolicy(TimeSpan.FromDays(30), 100_000, 2L << 30), options.Retention);
    }

    [Theory]
    [InlineData("--retain-age", "30")]
    [InlineData("--retain-age", "0d")]
    [InlineData("--retain-flows", "0")]
    [InlineData("--retain-size", "10k")]
    public void Parse_RetentionThatMakesNoSense_SaysWhatItTakes(string option, string value)
    {
        var wrong = Assert.IsType<CommandLineResult.Wrong>(CommandLine.Parse([option, value], TextWriter.Null));
        Assert.Contains(option + " takes", wrong.Message, StringComparison.Ordinal);
    }
}
