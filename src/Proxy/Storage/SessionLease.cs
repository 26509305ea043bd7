namespace MitmWeb.Proxy.Storage;

/// <summary>Somebody looks at a session: it stays open for as long.</summary>
public sealed class SessionLease : IDisposable
{
    private Action? _release;

    internal SessionLease(FlowStore store, Action? release) => (Store, _release) = (store, release);

    /// <summary>The session.</summary>
    public FlowStore Store { get; }

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
