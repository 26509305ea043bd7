using System.Collections.Concurrent;

namespace MitmWeb.Proxy.Connections;

/// <summary>Looks at every client's connection once a second: one timer for all of them, so that limits cost nothing while they are kept.</summary>
internal sealed class ClientWatches : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ClientTransport, byte> _transports = new();
    private readonly ITimer _timer;

    public ClientWatches(TimeProvider time) => _timer = time.CreateTimer(static state => ((ClientWatches)state!).Sweep(), this, Period, Period);

    public void Add(ClientTransport transport) => _transports.TryAdd(transport, 0);

    public void Remove(ClientTransport transport) => _transports.TryRemove(transport, out _);

    public void Dispose() => _timer.Dispose();

    private void Sweep()
    {
        foreach (var (transport, _) in _transports)
        {
            transport.Watch.CheckDeadline();
            if (transport.Watch.HasLeft(transport.Connection.Tls is not null))
            {
                ThreadPool.UnsafeQueueUserWorkItem(static one => one.MarkGone(), transport, preferLocal: false);
            }
        }
    }
}
