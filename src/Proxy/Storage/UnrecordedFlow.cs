using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>Where one flow goes that began while recording was off: nowhere, to its end, but it is counted.</summary>
internal sealed class UnrecordedFlow(ConnectionIds connectionIds, Action counted) : IFlowSink
{
    private int _isCounted;

    public long NextFlowId() => 0;

    public long NextConnectionId() => connectionIds.Next();

    public ValueTask Changed(Flow flow, CancellationToken cancellationToken) => Count();

    public ValueTask AppendBody(Flow flow, MessageSide side, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => default;

    public ValueTask Ended(Flow flow) => Count();

    /// <summary>Not before the engine shows it: some flows are made and never meant to be seen.</summary>
    private ValueTask Count()
    {
        if (Interlocked.Exchange(ref _isCounted, 1) == 0)
        {
            counted();
        }

        return default;
    }
}
