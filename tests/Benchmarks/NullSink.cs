using MitmWeb.Proxy.Flows;

namespace MitmWeb.Benchmarks;

/// <summary>Keeps nothing, so that what is measured is the engine alone.</summary>
internal sealed class NullSink : IFlowSink
{
    private long _id;

    public long NextFlowId() => Interlocked.Increment(ref _id);

    public long NextConnectionId() => Interlocked.Increment(ref _id);

    public ValueTask Changed(Flow flow, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask AppendBody(Flow flow, MessageSide side, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask Ended(Flow flow) => ValueTask.CompletedTask;
}
