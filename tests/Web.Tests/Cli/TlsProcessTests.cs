using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MitmWeb.Web.Tests.Cli;

/// <summary>What of TLS can only be seen in a process of its own: OpenSSL's configuration, the key log, the CA's files.</summary>
public sealed partial class TlsProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mitmweb-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("-tls1", "New, TLSv1.0")]
    [InlineData("-tls1_1", "Protocol  : TLSv1.1")]
    [InlineData("-tls1_2", "New, TLSv1.2")]
    [InlineData("-tls1_3", "New, TLSv1.3")]
    public async Task OldVersions_WhenAllowed_AreSpoken(string version, string expected)
    {
        await using var mitmweb = await StartAsync("--tls-version-client-min", "TLS1", "--connection-strategy", "lazy");

        Assert.Contains(expected, await HandshakeAsync(mitmweb, version, "-cipher", "DEFAULT@SECLEVEL=0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task OldVersions_ByDefault_AreNot(string version)
    {
        await using var mitmweb = await StartAsync("--connection-strategy", "lazy");

        Assert.Contains("Cipher is (NONE)", await HandshakeAsync(mitmweb, version, "-cipher", "DEFAULT@SECLEVEL=0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curve_OfBothSides_IsUsed()
    {
        await using var mitmweb = await StartAsync("--tls-ecdh-curve-client", "secp384r1", "--tls-ecdh-curve-server", "secp384r1", "--connection-strategy", "lazy");

        Assert.Contains("secp384r1", await HandshakeAsync(mitmweb, "-tls1_3"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyLog_BothSides_AreInIt()
    {
        var log = Path.Combine(_folder, "keys.log");
        await using var server = new TlsEchoServer();
        await using var mitmweb = await StartAsync("-k", "--tls-keylog", log);
        Assert.Contains("TLS secrets are written to", mitmweb.Output, StringComparison.Ordinal);

        // One handshake of a client, for which the server is asked first.
        await HandshakeAsync(mitmweb, "-tls1_3", $"127.0.0.1:{server.Port}");

        var lines = await File.ReadAllLinesAsync(log);
        Assert.All(lines, line => Assert.Matches("^[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]+$", line));
        Assert.Equal(2, lines.Where(line => line.StartsWith("CLIENT_HANDSHAKE_TRAFFIC_SECRET ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).Distinct().Count());
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(log) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task KeyLog_ThatCannotBeWritten_IsToldInOneLine()
    {
        var (code, _, errors) = await MitmWebProcess.RunAsync("--confdir", _folder, "-p", "0", "--web-port", "0", "--tls-keylog", Path.Combine(_folder, "none", "keys.log"));

        Assert.Equal(1, code);
        Assert.Contains("cannot be written", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Authority_WithAPassphrase_NeedsIt()
    {
        var file = Path.Combine(_folder, "my.pem");
        Assert.Equal(0, (await OpensslAsync("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-passout", "pass:secret", "-subj", "/CN=My CA", "-keyout", file, "-out", file + ".cert")).ExitCode);
        await File.AppendAllTextAsync(file, await File.ReadAllTextAsync(file + ".cert"));

        var (code, _, errors) = await MitmWebProcess.RunAsync("--confdir", _folder, "-p", "0", "--web-port", "0", "--ca-file", file, "--cert-passphrase", "wrong");
        Assert.Equal(1, code);
        Assert.Contains("the passphrase does not open its private key", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));

        await using var mitmweb = await StartAsync("--ca-file", file, "--cert-passphrase", "secret");
        Assert.Contains("i:CN = My CA", await HandshakeAsync(mitmweb, "-tls1_3", "127.0.0.1:1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_KeepsTheOldAuthorityAside()
    {
        await (await StartAsync()).DisposeAsync();
        var old = await File.ReadAllTextAsync(Path.Combine(_folder, "mitmweb-ca.pem"));

        var (code, output, errors) = await MitmWebProcess.RunAsync("ca", "rotate", "--confdir", _folder);

        Assert.Equal((0, ""), (code, errors));
        var kept = Aside().Match(output).Groups[1].Value;
        Assert.Equal(old, await File.ReadAllTextAsync(kept));
        Assert.NotEqual(old, await File.ReadAllTextAsync(Path.Combine(_folder, "mitmweb-ca.pem")));
        Assert.Contains("SHA-256", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RevocationList_OfALeaf_IsAnsweredThroughTheProxy()
    {
        await using var mitmweb = await StartAsync("--connection-strategy", "lazy");
        var leaf = Path.Combine(_folder, "leaf.pem");
        await File.WriteAllTextAsync(leaf, await HandshakeAsync(mitmweb, "-tls1_3", "127.0.0.1:1"));
        var (_, text) = await OpensslAsync("x509", "-in", leaf, "-noout", "-text");
        var address = Address().Match(text).Groups[1].Value;

        using var client = new HttpClient(new SocketsHttpHandler { Proxy = new System.Net.WebProxy($"http://127.0.0.1:{PortOf(mitmweb)}") });
        using var response = await client.GetAsync(new Uri(address));
        Assert.Equal("application/pkix-crl", response.Content.Headers.ContentType?.MediaType);
        var list = Path.Combine(_folder, "list.crl");
        await File.WriteAllBytesAsync(list, await response.Content.ReadAsByteArrayAsync());
        var (converted, problem) = await OpensslAsync("crl", "-inform", "DER", "-in", list, "-out", list + ".pem");
        Assert.True(converted == 0, problem);

        var (verified, output) = await OpensslAsync(
            "verify", "-x509_strict", "-crl_check", "-CAfile", Path.Combine(_folder, "mitmweb-ca-cert.pem"), "-CRLfile", list + ".pem", leaf);
        Assert.True(verified == 0, output);
    }

    private Task<MitmWebProcess> StartAsync(params string[] arguments) =>
        MitmWebProcess.StartAsync(["--confdir", _folder, "-p", "0", "--web-port", "0", "--listen-host", "127.0.0.1", .. arguments]);

    private static int PortOf(MitmWebProcess mitmweb)
    {
        var match = Port().Match(mitmweb.Output);
        Assert.True(match.Success, mitmweb.Output + mitmweb.Errors);
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>What openssl's client says of a handshake through the proxy.</summary>
    private static async Task<string> HandshakeAsync(MitmWebProcess mitmweb, string version, string target = "127.0.0.1:1", params string[] more)
    {
        if (target.StartsWith('-'))
        {
            more = [target, .. more];
            target = "127.0.0.1:1";
        }

        return (await OpensslAsync(["s_client", "-proxy", $"127.0.0.1:{PortOf(mitmweb)}", "-connect", target, "-servername", "a.example", "-showcerts", version, .. more])).Output;
    }

    private static async Task<(int ExitCode, string Output)> OpensslAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex(@"Proxy\s+http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Port();

    [GeneratedRegex(@"Kept aside\s+(\S+)")]
    private static partial Regex Aside();

    [GeneratedRegex(@"URI:(http\S+\.crl)")]
    private static partial Regex Address();
}
