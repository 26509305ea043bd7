namespace MitmWeb.Web.Api;

/// <summary>What is done to sessions in the background, and the last of what was done.</summary>
internal sealed class SessionJobs : IAsyncDisposable
{
    /// <summary>The most jobs that are remembered after their end.</summary>
    private const int MaxEnded = 20;

    private readonly Lock _gate = new();
    private readonly List<SessionJob> _jobs = [];
    private readonly List<Task> _running = [];
    private long _lastId;

    /// <summary>All that run, and the last that have ended, the newest first.</summary>
    public IReadOnlyList<SessionJobDto> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _jobs.AsEnumerable().Reverse().Select(job => job.Describe())];
            }
        }
    }

    /// <summary>Begins something.</summary>
    public SessionJobDto Start(string kind, string session, Func<IProgress<double>, CancellationToken, Task<string>> work)
    {
        lock (_gate)
        {
            var job = new SessionJob(++_lastId, kind, session, new CancellationTokenSource());
            _jobs.Add(job);
            if (_jobs.Count(one => !one.IsRunning) > MaxEnded)
            {
                _jobs.Remove(_jobs.First(one => !one.IsRunning));
            }

            _running.RemoveAll(task => task.IsCompleted);
            _running.Add(job.RunAsync(work));
            return job.Describe();
        }
    }

    /// <summary>Stops a job that runs, and forgets one that has ended.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Remove(long id)
    {
        lock (_gate)
        {
            if (_jobs.Find(one => one.Id == id) is not { } job)
            {
                return false;
            }

            if (job.IsRunning)
            {
                job.Cancel();
            }
            else
            {
                _jobs.Remove(job);
            }

            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _jobs.Where(job => job.IsRunning).ToList().ForEach(job => job.Cancel());
            running = [.. _running];
        }

        await Task.WhenAll(running);
    }
}
