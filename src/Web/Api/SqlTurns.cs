namespace MitmWeb.Web.Api;

/// <summary>Lets two statements run at a time, each on a thread of its own: however many people ask, the rest of the machine is the proxy's.</summary>
internal sealed class SqlTurns : IDisposable
{
    private const int AtATime = 2;

    private readonly SemaphoreSlim _turns = new(AtATime);

    /// <summary>Runs something in its turn.</summary>
    public async Task<T> RunAsync<T>(Func<T> run, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await Task.Factory.StartNew(run, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
