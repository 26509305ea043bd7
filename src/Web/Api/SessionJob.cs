using MitmWeb.Proxy.Threads;

namespace MitmWeb.Web.Api;

/// <summary>Something that takes long and is done to sessions in the background.</summary>
internal sealed class SessionJob(long id, string kind, string session, CancellationTokenSource cancellation) : IProgress<double>
{
    private double _progress;
    private volatile string? _result;
    private volatile string? _problem;
    private volatile bool _cancelled;

    public long Id => id;

    /// <summary>Whether it has not ended.</summary>
    public bool IsRunning => _result is null && _problem is null && !_cancelled;

    public SessionJobDto Describe() => new(
        id,
        kind,
        session,
        IsRunning ? "running" : _cancelled ? "cancelled" : _problem is null ? "done" : "failed",
        Volatile.Read(ref _progress),
        _result,
        _problem);

    public void Report(double value) => Volatile.Write(ref _progress, value);

    /// <summary>Stops it soon.</summary>
    public void Cancel() => cancellation.Cancel();

    /// <summary>Does it.</summary>
    /// <param name="work">Gives what came of it, in a sentence.</param>
    public async Task RunAsync(Func<IProgress<double>, CancellationToken, Task<string>> work)
    {
        try
        {
            _result = await PatientThread.Start(() => work(this, cancellation.Token));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _cancelled = true;
        }
        catch (Exception e)
        {
            // Whatever it was, who asked for it is told.
            _problem = e is IOException ? e.Message : $"It could not be done because of an error in MitmWeb ({e.Message}).";
        }
    }
}
