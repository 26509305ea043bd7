using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// Lets so many exchanges run with one server at a time; the others wait in their order. Who has a turn waits for no other turn, and gives
/// it back at the exchange's end whatever becomes of the connection: so exchanges cannot wait for each other in a circle.
/// </summary>
/// <param name="limit">How many; null for any number.</param>
internal sealed class ExchangeTurns(int? limit)
{
    private readonly Dictionary<Destination, Queue> _queues = [];

    /// <summary>Waits for a turn; <see cref="Leave"/> gives it back.</summary>
    public async ValueTask EnterAsync(Destination destination, CancellationToken cancellationToken)
    {
        if (limit is not { } count)
        {
            return;
        }

        Queue? queue;
        lock (_queues)
        {
            if (!_queues.TryGetValue(destination, out queue))
            {
                _queues.Add(destination, queue = new Queue(count));
            }

            queue.Users++;
        }

        try
        {
            await queue.Turns.WaitAsync(cancellationToken);
        }
        catch
        {
            Forget(destination, queue);
            throw;
        }
    }

    /// <summary>Gives a turn back.</summary>
    public void Leave(Destination destination)
    {
        if (limit is null)
        {
            return;
        }

        Queue queue;
        lock (_queues)
        {
            queue = _queues[destination];
        }

        queue.Turns.Release();
        Forget(destination, queue);
    }

    private void Forget(Destination destination, Queue queue)
    {
        lock (_queues)
        {
            if (--queue.Users == 0)
            {
                _queues.Remove(destination);
                queue.Turns.Dispose();
            }
        }
    }

    private sealed class Queue(int count)
    {
        public SemaphoreSlim Turns { get; } = new(count);

        public int Users { get; set; }
    }
}
