using System.Runtime.CompilerServices;
using MitmWeb.Proxy.Audit;
using MitmWeb.Proxy.Storage;
using MitmWeb.Proxy.Threads;

namespace MitmWeb.Web.Api;

/// <summary>The audits of the sessions that are open. Each reads its whole session, so one runs at a time and is kept until the session changes
/// or the day does (certificates expire).</summary>
internal sealed class LiveAudit(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConditionalWeakTable<FlowStore, AuditReport> _last = [];

    /// <summary>The audit of all hosts as a session is now.</summary>
    /// <exception cref="IOException">The session cannot be read.</exception>
    public async Task<AuditReport> GetAsync(FlowStore store, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var view = store.OpenView();
            if (!_last.TryGetValue(store, out var last) || last.Seq != view.Seq || last.At.Date != time.GetUtcNow().Date)
            {
                last = await PatientThread.Start(() => SessionAuditor.Run(view, [], time, cancellationToken));
                _last.AddOrUpdate(store, last);
            }

            return last;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
