using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MitmWeb.Proxy;
using MitmWeb.Proxy.Certificates;

namespace MitmWeb.Benchmarks;

/// <summary>
/// Memory while many different hosts are asked one after the other, each over a tunnel, a handshake and an exchange of its own, and all of
/// them again under new names. Client and server run in a process of their own, so that the figures are the engine's alone.
/// </summary>
internal static class ManyHosts
{
    private const int Rounds = 6;

    public static async Task RunAsync(int count)
    {
        if (Environment.GetEnvironmentVariable("MITMWEB_BENCH_PROXY") is { } port)
        {
            await DriveAsync(int.Parse(port, CultureInfo.InvariantCulture), count);
            return;
        }

        var folder = Directory.CreateTempSubdirectory("mitmweb-bench-");
        try
        {
            using var authority = CertificateAuthority.LoadOrCreate(folder.FullName, KeyKind.Ecdsa, TimeProvider.System);
            var options = new ProxyOptions { ListenHost = "127.0.0.1", ListenPort = 0, SslInsecure = true };
            await using var proxy = new ProxyServer(options, authority, new NullSink(), null, NullLoggerFactory.Instance);
            await proxy.StartAsync();
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
            foreach (var argument in Environment.GetCommandLineArgs().Skip(Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? 0 : 1))
            {
                start.ArgumentList.Add(argument);
            }

            start.Environment["MITMWEB_BENCH_PROXY"] = proxy.Listeners[0].Port.ToString(CultureInfo.InvariantCulture);
            using var driver = Process.Start(start)!;
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            while (await driver.StandardOutput.ReadLineAsync() is { } line)
            {
                var used = Process.GetCurrentProcess().TotalProcessorTime - before;
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
                GC.Collect();
                Console.WriteLine(
                    $"{line,7} hosts   managed {GC.GetTotalMemory(true) / 1024.0 / 1024,6:0.0} MiB   resident {Environment.WorkingSet / 1024.0 / 1024,6:0} MiB   {used.TotalMilliseconds / count,5:0.00} ms of processor time each");
                before = Process.GetCurrentProcess().TotalProcessorTime;
                await driver.StandardInput.WriteLineAsync("go on");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task DriveAsync(int proxyPort, int count)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=server.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync(listener, certificate);
        var target = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < count; i++)
            {
                await AskAsync(proxyPort, target, $"host{i}.round{round}.example");
            }

            Console.WriteLine((round + 1) * count);
            Console.ReadLine();
        }
    }

    private static async Task AskAsync(int proxyPort, string target, string host)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxyPort);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n"));
        var buffer = new byte[4096];
        if (await stream.ReadAsync(buffer) == 0)
        {
            throw new IOException("The proxy closed the connection.");
        }

        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            AllowTlsResume = false,
#pragma warning disable CA5359 // Nothing is at stake in a measurement.
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        });
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        while (await tls.ReadAsync(buffer) > 0)
        {
        }
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            _ = Task.Run(async () =>
            {
                using (client)
                {
                    try
                    {
                        await using var tls = new SslStream(client.GetStream());
                        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context });
                        if (await tls.ReadAsync(new byte[4096]) > 0)
                        {
                            await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"u8.ToArray());
                            await tls.ShutdownAsync();
                        }
                    }
                    catch (Exception exception) when (exception is IOException or AuthenticationException)
                    {
                        // The client has seen enough.
                    }
                }
            });
        }
    }
}
