using System.Net;
using System.Text;
using System.Text.Json;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Tests.Cli;

/// <summary><c>mitmweb audit</c> as a user runs it.</summary>
public sealed class AuditCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mitmweb-audit-").FullName;

    private string Session => Path.Combine(_folder, "session.mitmweb");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Audit_Text_HasHostsGradesFindingsAndFixes()
    {
        await RecordAsync("http://shop.example.com/");

        var (code, output, errors) = await MitmWebProcess.RunAsync("audit", Session);

        Assert.Equal(0, code);
        Assert.Empty(errors);
        Assert.Contains($"Audit of {Session}", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^D +shop\.example\.com", output);
        Assert.Matches(@"high +Content is served over http \[http-content\]", output);
        Assert.Contains("Fix: Answer over http with nothing but a 301", output, StringComparison.Ordinal);
        Assert.Contains("flow 1", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
    }

    [Fact]
    public async Task Audit_Json_OfNamedHosts_IsWhatTheApiGives()
    {
        await RecordAsync("http://shop.example.com/", "http://cdn.example.net/");

        var (code, output, _) = await MitmWebProcess.RunAsync("audit", "--json", "--host", "*.example.com", Session);

        Assert.Equal(0, code);
        using var report = JsonDocument.Parse(output);
        var host = Assert.Single(report.RootElement.GetProperty("hosts").EnumerateArray());
        Assert.Equal(("shop.example.com", "D"), (host.GetProperty("host").GetString(), host.GetProperty("grade").GetString()));
        Assert.Equal("http-content", host.GetProperty("findings")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Audit_SessionIsInUse_IsReadAllTheSame()
    {
        await using var running = await MitmWebProcess.StartAsync(
            "--confdir", Path.Combine(_folder, "conf"), "--session", Session, "--listen-host", "127.0.0.1", "--listen-port", "0", "--web-port", "0");

        var (code, output, errors) = await MitmWebProcess.RunAsync("audit", Session);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("no HTTP traffic", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.mitmweb", "There is no session file")]
    [InlineData("notes.txt", "is not a MitmWeb session")]
    [InlineData("", "is a folder")]
    public async Task Audit_FileIsNoSession_IsOneLineAndExitCode1(string name, string expected)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "notes.txt"), "not a session, but long enough to hold a header of one hundred bytes: .............................................");

        var (code, output, errors) = await MitmWebProcess.RunAsync("audit", Path.Combine(_folder, name));

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("mitmweb: ", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Equal(["notes.txt"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("audit needs a session file", "audit")]
    [InlineData("did you mean '--json'?", "audit", "x", "--jsno")]
    [InlineData("--host takes a name", "audit", "x", "--host", "a b")]
    [InlineData("--ssl-strip takes a host", "--ssl-strip", "*")]
    public async Task Usage_Wrong_IsOneLineAndExitCode2(string expected, params string[] arguments)
    {
        var (code, _, errors) = await MitmWebProcess.RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains(expected, Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_TellsOfTheAuditAndItsOptions()
    {
        Assert.Contains("mitmweb audit", (await MitmWebProcess.RunAsync("--help")).Output, StringComparison.Ordinal);
        Assert.Contains("--json", (await MitmWebProcess.RunAsync("audit", "--help")).Output, StringComparison.Ordinal);
    }

    private async Task RecordAsync(params string[] urls)
    {
        await using var store = FlowStore.Open(Session);
        foreach (var url in urls.Select(text => new Uri(text)))
        {
            var flow = new Flow
            {
                Id = store.NextFlowId(),
                StartedAt = DateTimeOffset.UtcNow,
                Client = new ClientConnection
                {
                    Id = store.NextConnectionId(),
                    OpenedAt = DateTimeOffset.UtcNow,
                    RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 50312),
                    LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8080),
                },
                Server = new ServerConnection { Id = store.NextConnectionId(), OpenedAt = DateTimeOffset.UtcNow, Host = url.Host, Port = url.Port },
                Scheme = url.Scheme,
                Host = url.Host,
                Port = url.Port,
                Path = url.PathAndQuery,
                Request = RequestHead.Parse(Encoding.Latin1.GetBytes($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Host}\r\n\r\n")),
                Response = ResponseHead.Parse("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray()),
                State = FlowState.Done,
            };
            await store.Ended(flow);
        }

        await store.Flush();
    }
}
