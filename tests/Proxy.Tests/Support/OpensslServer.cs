using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary><c>openssl s_server</c> on a free port: an implementation that is not ours at the other end.</summary>
internal sealed partial class OpensslServer : IAsyncDisposable
{
    private readonly Process _process;

    private OpensslServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<OpensslServer> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", ["s_server", "-accept", "127.0.0.1:0", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (Accept().Match(line) is { Success: true } match)
            {
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new OpensslServer(process, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException("openssl s_server did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"^ACCEPT .*:(\d+)\s*$")]
    private static partial Regex Accept();
}
