namespace MitmWeb.Proxy.Storage;

/// <summary>Something that only the writer may do, asked for by somebody else. Its task ends when it is committed.</summary>
internal sealed class StoreCommand(StoreCommandKind kind, long flowId = 0)
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreCommandKind Kind { get; } = kind;

    public long FlowId { get; } = flowId;

    /// <summary>The flows of a command for several.</summary>
    public IReadOnlyList<long> FlowIds { get; init; } = [];

    /// <summary>For <see cref="StoreCommandKind.Annotate"/>: what becomes of a flow's notes.</summary>
    public Func<FlowNotes, FlowNotes>? Change { get; init; }

    /// <summary>For deletions, and for bringing back: the number of the deletion.</summary>
    public long Deletion { get; init; }

    /// <summary>For <see cref="StoreCommandKind.Restore"/>: how many flows at most.</summary>
    public int Limit { get; init; }

    /// <summary>How many flows there were; known to the writer before it is committed.</summary>
    public long Count { get; set; }

    /// <summary>Whether there was anything to do; known to the writer before it is committed.</summary>
    public bool Result { get; set; }

    public Task<bool> Done => _done.Task;

    public void Complete() => _done.TrySetResult(Result);

    public void Fail(Exception reason) => _done.TrySetException(reason);
}
