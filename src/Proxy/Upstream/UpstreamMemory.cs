using System.Diagnostics.CodeAnalysis;
using MitmWeb.Proxy.Connections;

namespace MitmWeb.Proxy.Upstream;

/// <summary>
/// Remembers for some minutes how each server behaved, so that a client's handshake with a host seen before need not wait for another one
/// with the server. Bounded: the longest unchanged goes first. Thread-safe.
/// </summary>
internal sealed class UpstreamMemory(TimeProvider time, int capacity = UpstreamMemory.DefaultCapacity)
{
    public const int DefaultCapacity = 4096;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<Destination, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _newestFirst = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>What is known of a server, or null.</summary>
    public UpstreamOutcome? Find(Destination destination)
    {
        lock (_lock)
        {
            return Fresh(destination, out var entry) ? entry.Outcome : null;
        }
    }

    /// <summary>Takes down how an attempt went.</summary>
    /// <param name="destination">The server.</param>
    /// <param name="outcome">How it went; where it says nothing of HTTP/2 or of the certificate, what was known of that stays.</param>
    public void Note(Destination destination, UpstreamOutcome outcome)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var choiceAt = now;
            if (_entries.TryGetValue(destination, out var node))
            {
                var entry = node.Value;
                if (outcome.IsHttp2 is null && time.GetElapsedTime(entry.ChoiceAt) < Lifetime)
                {
                    outcome = outcome with { IsHttp2 = entry.Outcome.IsHttp2, IsHttp2Only = entry.Outcome.IsHttp2Only };
                    choiceAt = entry.ChoiceAt;
                }

                outcome = outcome with { Subject = outcome.Subject ?? entry.Outcome.Subject };
                _newestFirst.Remove(node);
            }
            else if (_entries.Count == capacity)
            {
                Remove(_newestFirst.Last!);
            }

            _entries[destination] = _newestFirst.AddFirst(new Entry(destination, outcome, now, choiceAt));
        }
    }

    /// <summary>Forgets what is too old.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            while (_newestFirst.Last is { } last && time.GetElapsedTime(last.Value.At) >= Lifetime)
            {
                Remove(last);
            }
        }
    }

    private bool Fresh(Destination destination, [NotNullWhen(true)] out Entry? entry)
    {
        entry = _entries.TryGetValue(destination, out var node) && time.GetElapsedTime(node.Value.At) < Lifetime ? node.Value : null;
        if (entry is not null && entry.Outcome.IsHttp2 is not null && time.GetElapsedTime(entry.ChoiceAt) >= Lifetime)
        {
            entry = entry with { Outcome = entry.Outcome with { IsHttp2 = null, IsHttp2Only = false } };
        }

        return entry is not null;
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Destination);
        _newestFirst.Remove(node);
    }

    private sealed record Entry(Destination Destination, UpstreamOutcome Outcome, long At, long ChoiceAt);
}
