using System.Collections.Concurrent;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Tests.Support;

/// <summary>Keeps what the engine captures in memory.</summary>
internal sealed class MemorySink : IFlowSink
{
    private readonly ConcurrentDictionary<(long Flow, MessageSide Side), MemoryStream> _bodies = new();
    private readonly ConcurrentQueue<Flow> _ended = new();
    private readonly SemaphoreSlim _endings = new(0);
    private long _flowId;
    private long _connectionId;

    public IReadOnlyList<Flow> Ended => [.. _ended];

    /// <summary>How many flows have begun.</summary>
    public long Begun => Interlocked.Read(ref _flowId);

    public long NextFlowId() => Interlocked.Increment(ref _flowId);

    public long NextConnectionId() => Interlocked.Increment(ref _connectionId);

    public ValueTask Changed(Flow flow, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask AppendBody(Flow flow, MessageSide side, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        _bodies.GetOrAdd((flow.Id, side), _ => new MemoryStream()).Write(data.Span);
        return ValueTask.CompletedTask;
    }

    ValueTask IFlowSink.Ended(Flow flow)
    {
        _ended.Enqueue(flow);
        _endings.Release();
        return ValueTask.CompletedTask;
    }

    public byte[] Body(Flow flow, MessageSide side) => _bodies.TryGetValue((flow.Id, side), out var body) ? body.ToArray() : [];

    /// <summary>How much of a flow's body has passed, also while it runs.</summary>
    public long BodyLength(long flowId, MessageSide side) => _bodies.TryGetValue((flowId, side), out var body) ? body.Length : 0;

    /// <summary>Waits for the next flow to end.</summary>
    public async Task<Flow> NextAsync()
    {
        Assert.True(await _endings.WaitAsync(TimeSpan.FromSeconds(20)), "No flow ended within 20 seconds.");
        return Ended[Ended.Count - _endings.CurrentCount - 1];
    }
}
