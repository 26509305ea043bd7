using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MitmWeb.Web.Tests.Hubs;
using SQLitePCL;
using Xunit.Abstractions;

namespace MitmWeb.Web.Tests.Cli;

/// <summary>
/// MitmWeb is killed in the middle of its work again and again. Each time the session must be whole, open, and hold every flow that a dashboard was
/// told about. <c>MITMWEB_KILLS=200</c> is the long form.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const string Token = "killed";
    private const int Clients = 12;
    private const int ClientsAtOnce = 8;

    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("MITMWEB_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out var kills) ? kills : 3;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mitmweb-kill-");

    private string Session => Path.Combine(_folder.FullName, "session.mitmweb");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Kill_AtRandomMoments_LosesNothingThatWasTold()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        using var stop = new CancellationTokenSource();
        var serving = Serve(upstream, stop.Token);
        var random = new Random(20261121);
        var told = new Dictionary<long, long>();
        var (interrupted, greatest) = (0L, 0L);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var process = await MitmWebProcess.StartAsync(
                "--confdir", _folder.FullName, "--listen-host", "127.0.0.1", "-p", "0", "--web-port", "0", "--web-password", Token, "--retain-flows", "20000");
            Assert.True(process.Output.Contains("Ctrl+C", StringComparison.Ordinal), process.Output + process.Errors);
            var dashboard = AddressAfter(process.Output, "Dashboard");
            var proxy = AddressAfter(process.Output, "Proxy");
            using var hub = await HubClient.Connect(dashboard, Token);
            await hub.Open(count: 500, follow: true);
            using var stopLoad = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            var load = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Load(proxy, (IPEndPoint)upstream.LocalEndpoint, stopLoad.Token)));
            var listening = Listen(hub, told);
            await Task.Delay(random.Next(50, 900));

            process.Kill();

            await stopLoad.CancelAsync();
            await listening;
            await load;
            using var database = Open(Session);
            Assert.Equal("ok", Text(database, "PRAGMA integrity_check"));
            var floor = Number(database, "SELECT coalesce(min(id), 0) FROM flow");
            foreach (var (id, seq) in told.Where(one => one.Key >= floor))
            {
                Assert.True(Number(database, $"SELECT count(*) FROM flow WHERE id = {id} AND seq >= {seq}") == 1, $"Kill {kill}: flow {id} of change {seq} was told and is not stored.");
            }

            Assert.True(Number(database, "SELECT seq FROM progress") >= told.Values.DefaultIfEmpty().Max());
            Assert.Equal(Number(database, "SELECT count(*) FROM flow"), Number(database, "SELECT flows FROM progress"));
            interrupted += Number(database, "SELECT count(*) FROM flow WHERE state < 2");
            greatest = Number(database, "SELECT last_flow_id FROM progress");
        }

        await stop.CancelAsync();
        upstream.Stop();
        await serving;
        output.WriteLine($"{Kills} kills, {greatest} flows, {told.Count} of them told to a dashboard, {interrupted} running when it was killed; every file whole, nothing lost.");
        Assert.NotEmpty(told);
    }

    /// <summary>Reads what the hub says until the process is gone.</summary>
    private static async Task Listen(HubClient hub, Dictionary<long, long> told)
    {
        try
        {
            while (true)
            {
                var view = await hub.Pushed("view");
                foreach (var row in view.GetProperty("rows").EnumerateArray())
                {
                    told[row.GetProperty("id").GetInt64()] = row.GetProperty("seq").GetInt64();
                }
            }
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or JsonException or Xunit.Sdk.NotEqualException)
        {
            // Killed.
        }
    }

    private static async Task Load(Uri proxy, IPEndPoint upstream, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(proxy), UseProxy = true, MaxConnectionsPerServer = ClientsAtOnce });
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            try
            {
                using var content = new ByteArrayContent(new byte[number % 7 == 0 ? 100_000 : 500]);
                using var answer = await client.PostAsync($"http://{upstream}/{number}", content, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Killed, or over.
                return;
            }
        }
    }

    /// <summary>A server that takes what comes and answers with 2 KiB.</summary>
    private static async Task Serve(TcpListener listener, CancellationToken cancellationToken)
    {
        var answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2048\r\n\r\n" + new string('x', 2048));
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(cancellationToken);
                _ = Answer(client, answer, cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Over.
        }
    }

    private static async Task Answer(TcpClient client, byte[] answer, CancellationToken cancellationToken)
    {
        try
        {
            using (client)
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                var stream = client.GetStream();
                while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 })
                {
                    var length = 0;
                    while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
                    {
                        if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                        {
                            length = int.Parse(line[15..], CultureInfo.InvariantCulture);
                        }
                    }

                    var rest = new char[length];
                    await reader.ReadBlockAsync(rest, cancellationToken);
                    await stream.WriteAsync(answer, cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The proxy was killed.
        }
    }

    private static Uri AddressAfter(string text, string name)
    {
        var line = text.Split('\n').First(one => one.TrimStart().StartsWith(name, StringComparison.Ordinal));
        return new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Split(' ')[0].Trim());
    }

    private static sqlite3 Open(string path)
    {
        Batteries_V2.Init();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out var database, raw.SQLITE_OPEN_READWRITE, null));
        return database;
    }

    private static string Text(sqlite3 database, string sql)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(database, sql, out var statement));
        using (statement)
        {
            Assert.Equal(raw.SQLITE_ROW, raw.sqlite3_step(statement));
            return raw.sqlite3_column_text(statement, 0).utf8_to_string();
        }
    }

    private static long Number(sqlite3 database, string sql) => long.Parse(Text(database, sql), CultureInfo.InvariantCulture);
}
