namespace MitmWeb.Proxy.Flows;

/// <summary>Where the engine puts what it captures. Every method may be called from any thread; for one flow they are called in order.</summary>
public interface IFlowSink
{
    /// <summary>Where a flow that begins now is recorded from its id to its end, also when others that begin later go elsewhere.</summary>
    IFlowSink ForNewFlow() => this;

    /// <summary>The id for a new flow.</summary>
    long NextFlowId();

    /// <summary>The id for a new client or server connection.</summary>
    long NextConnectionId();

    /// <summary>The flow is new or has changed: what it then holds will be stored. Calls that come faster than the store writes
    /// become one. Waits when the store is behind.</summary>
    ValueTask Changed(Flow flow, CancellationToken cancellationToken);

    /// <summary>More of a message's body has passed. The bytes are copied before the call returns. Waits when the store is behind.</summary>
    ValueTask AppendBody(Flow flow, MessageSide side, ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>The flow has ended (its state is Done or Error) and will not change again. Waits when the store is behind.</summary>
    ValueTask Ended(Flow flow);
}
