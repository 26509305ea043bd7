using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MitmWeb.Web.Cli;

/// <summary>Ctrl+C and the signals that ask a process to end. The first asks for an orderly end, the second ends at once.</summary>
internal sealed class ShutdownSignals : IDisposable
{
    /// <summary>One Ctrl+C comes several times where npm and scripts pass on what the terminal has sent to all of them already.</summary>
    private static readonly TimeSpan SameSignal = TimeSpan.FromMilliseconds(400);

    private readonly CancellationTokenSource _requested = new();
    private readonly PosixSignalRegistration[] _registrations;
    private long _first;

    public ShutdownSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Handle),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>Completes with the first signal.</summary>
    public Task WaitAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _requested.Token.Register(done.SetResult);
        return done.Task;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _requested.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        var now = Stopwatch.GetTimestamp();
        var first = Interlocked.CompareExchange(ref _first, now, 0);
        if (first == 0)
        {
            _requested.Cancel();
        }
        else if (Stopwatch.GetElapsedTime(first, now) > SameSignal)
        {
            Environment.Exit(ExitCode.Interrupted);
        }
    }
}
