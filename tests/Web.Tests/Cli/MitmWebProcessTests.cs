using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace MitmWeb.Web.Tests.Cli;

public sealed class MitmWebProcessTests : IDisposable
{
    /// <summary>It takes well under two seconds; on a machine that others use as well, this is the line between slow and stuck.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("mitmweb-cli-").FullName;

    private string ConfDir => Path.Combine(_folder, "conf");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_EmptyFolder_SaysWhereToGo_AndControlCEndsItWithinTwoSeconds()
    {
        await using var process = await MitmWebProcess.StartAsync(Arguments());

        var proxy = Regex.Match(process.Output, @"Proxy +(http://127\.0\.0\.1:\d+)\r?$", RegexOptions.Multiline).Groups[1].Value;
        var certificate = Path.Combine(ConfDir, "mitmweb-ca-cert.pem");
        Assert.Matches(@"Dashboard +http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{32}\r?\n", process.Output);
        Assert.Contains($"curl -x {proxy} --cacert {certificate} https://", process.Output, StringComparison.Ordinal);
        Assert.Contains("http://mitm.it/", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', process.Output);
        Assert.True(File.Exists(certificate));
        using (var client = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(proxy) }))
        {
            Assert.Contains("certificate", await client.GetStringAsync("http://mitm.it/"), StringComparison.OrdinalIgnoreCase);
        }

        var watch = Stopwatch.StartNew();
        process.PressControlC();

        Assert.Equal(0, await process.WaitAsync());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Promptly);
        Assert.Empty(process.Errors);
    }

    [Fact]
    public async Task ControlC_AnExchangeIsRunning_EndsPromptlyAndKeepsIt()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using (var process = await MitmWebProcess.StartAsync(Arguments()))
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPEndPoint.Parse(Regex.Match(process.Output, @"Proxy +http://(\S+)").Groups[1].Value));
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET http://{server.LocalEndpoint}/slow HTTP/1.1\r\nHost: {server.LocalEndpoint}\r\n\r\n"));
            using var connection = await server.AcceptTcpClientAsync();
            Assert.True(await connection.GetStream().ReadAsync(new byte[1000]) > 0);

            var watch = Stopwatch.StartNew();
            process.PressControlC();

            Assert.Equal(0, await process.WaitAsync());
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, Promptly);
        }

        await using var again = await MitmWebProcess.StartAsync(Arguments());
        Assert.Contains("(1 flow from before)", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Quiet_PrintsTheAddressAlone()
    {
        await using var process = await MitmWebProcess.StartAsync(Arguments("-q"));

        process.PressControlC();

        Assert.Equal(0, await process.WaitAsync());
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{32}\s*$", process.Output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    public async Task Ask_PrintsToStandardOutput(string option)
    {
        var (code, output, errors) = await MitmWebProcess.RunAsync(option);

        Assert.Equal(0, code);
        Assert.Contains("mitmweb", output, StringComparison.Ordinal);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Usage_Wrong_IsOneLineAndExitCode2()
    {
        var (code, output, errors) = await MitmWebProcess.RunAsync("--listen-prot", "9090", "--confdir", ConfDir);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Matches(@"^mitmweb: unknown option '--listen-prot', did you mean '--listen-port'\?[^\n]*\n$", errors);
        Assert.False(Directory.Exists(ConfDir));
    }

    [Theory]
    [InlineData("--listen-port")]
    [InlineData("--web-port")]
    public async Task Start_PortInUse_NamesPortHolderAndOption(string option)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var line = await FailAsync(Arguments(option, port.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Contains($"port {port} for the ", line, StringComparison.Ordinal);
        Assert.EndsWith($"choose another one with {option}", line, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($"(process {Environment.ProcessId})", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Start_AddressOfAnotherMachine_IsSaid()
    {
        var line = await FailAsync(Arguments("--listen-host", "192.0.2.1"));

        Assert.Contains("192.0.2.1 is not an address of this machine", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public async Task Start_CorruptAuthority_IsSaidAndLeftAlone(string content)
    {
        Directory.CreateDirectory(ConfDir);
        var file = Path.Combine(ConfDir, "mitmweb-ca.pem");
        await File.WriteAllTextAsync(file, content);

        var line = await FailAsync(Arguments());

        Assert.Contains(file, line, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(ConfDir));
    }

    [Theory]
    [InlineData("this is no database")]
    [InlineData("SQLite format 3\0 but not really one")]
    public async Task Start_SessionIsNoDatabase_IsSaidAndLeftAlone(string content)
    {
        var file = Path.Combine(_folder, "notes.txt");
        await File.WriteAllTextAsync(file, content);

        var line = await FailAsync(Arguments("--session", file));

        Assert.Contains(file, line, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Start_SessionInUse_IsSaid()
    {
        await using var first = await MitmWebProcess.StartAsync(Arguments());

        var line = await FailAsync(Arguments());

        Assert.Contains("session.mitmweb is in use", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ConfDirIsAFile_IsSaidAndLeftAlone()
    {
        await File.WriteAllTextAsync(ConfDir, "mine");

        var line = await FailAsync(Arguments());

        Assert.Contains(ConfDir, line, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(ConfDir));
    }

    [Fact]
    public async Task Start_ConfDirCannotBeMade_IsSaid()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Not even root can make a folder there.
        var line = await FailAsync("--confdir", "/proc/mitmweb", "--listen-port", "0", "--web-port", "0");

        Assert.Contains("/proc/mitmweb", line, StringComparison.Ordinal);
    }

    /// <summary>Runs it to exit code 1 and gives its only line.</summary>
    private static async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output, errors) = await MitmWebProcess.RunAsync(arguments);

        Assert.Equal(1, code);
        Assert.Empty(output);
        var line = Assert.Single(errors.TrimEnd().Split('\n'));
        Assert.StartsWith("mitmweb: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        return line;
    }

    /// <summary>The arguments for free ports and this test's folder; a later option takes the place of an earlier one.</summary>
    private string[] Arguments(params string[] more)
    {
        var arguments = new Dictionary<string, string>
        {
            ["--confdir"] = ConfDir,
            ["--listen-host"] = "127.0.0.1",
            ["--listen-port"] = "0",
            ["--web-port"] = "0",
        };
        for (var i = 0; i + 1 < more.Length; i += 2)
        {
            arguments[more[i]] = more[i + 1];
        }

        return [.. arguments.SelectMany(pair => new[] { pair.Key, pair.Value }), .. more.Length % 2 == 1 ? more[^1..] : []];
    }
}
