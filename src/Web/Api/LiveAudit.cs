using MitmWeb.Proxy.Audit;
using MitmWeb.Proxy.Storage;

namespace MitmWeb.Web.Api;

/// <summary>The audit of the session that is recorded. It reads the whole session, so it runs once at a time and is kept until the session changes
/// or the day does (certificates expire).</summary>
internal sealed class LiveAudit(FlowStore store, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private AuditReport? _last;

    /// <summary>The audit of all hosts as the session is now.</summary>
    /// <exception cref="IOException">The session cannot be read.</exception>
    public async Task<AuditReport> GetAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var view = store.OpenView();
            if (_last is not { } last || last.Seq != view.Seq || last.At.Date != time.GetUtcNow().Date)
            {
                _last = await Task.Run(() => SessionAuditor.Run(view, [], time, cancellationToken), cancellationToken);
            }

            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
