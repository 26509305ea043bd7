using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MitmWeb.Web.Tests.Cli;

/// <summary>The real command in a process of its own.</summary>
internal sealed partial class MitmWebProcess : IAsyncDisposable
{
    private const int Interrupt = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MitmWebProcess(string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "mitmweb.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            _output.AppendLine(line.Data);
            if (line.Data is null || line.Data.StartsWith("Ctrl+C", StringComparison.Ordinal) || line.Data.StartsWith("http://", StringComparison.Ordinal))
            {
                _started.TrySetResult();
            }
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has printed so far.</summary>
    public string Output => _output.ToString();

    public string Errors => _errors.ToString();

    /// <summary>Starts it and waits until it listens (or has ended).</summary>
    public static async Task<MitmWebProcess> StartAsync(params string[] arguments)
    {
        var process = new MitmWebProcess(arguments);
        await process._started.Task.WaitAsync(Limit);
        return process;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var process = new MitmWebProcess(arguments);
        return (await process.WaitAsync(), process.Output.TrimEnd(), process.Errors);
    }

    /// <summary>Presses Ctrl+C.</summary>
    public void PressControlC() => Assert.Equal(0, Kill(_process.Id, Interrupt));

    /// <summary>Ends it at once, with no chance to do anything more.</summary>
    public void Kill() => _process.Kill();

    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
