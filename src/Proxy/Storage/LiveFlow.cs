using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Storage;

/// <summary>What the store knows about a flow that runs. Bodies are used under a lock on this object.</summary>
internal sealed class LiveFlow(Flow flow)
{
    private int _queued;
    private volatile bool _ended;
    private volatile bool _ignored;

    public Flow Flow { get; } = flow;

    public LiveBody? RequestBody { get; private set; }

    public LiveBody? ResponseBody { get; private set; }

    /// <summary>Whether the engine has said that it will not change again.</summary>
    public bool Ended
    {
        get => _ended;
        set => _ended = value;
    }

    /// <summary>Whether nothing more of it is stored: it was deleted, or lost while the file could not be written.</summary>
    public bool Ignored
    {
        get => _ignored;
        set => _ignored = value;
    }

    /// <summary>For the writer: whether it is part of the batch.</summary>
    public bool InBatch { get; set; }

    /// <summary>For the writer: whether its last state is in the file.</summary>
    public bool Finished { get; set; }

    /// <summary>For the writer: whether the batch holds its last state.</summary>
    public bool WasLast { get; set; }

    /// <summary>For the writer: the row that stands in the file.</summary>
    public FlowRow? Stored { get; set; }

    /// <summary>For the writer: what is noted about it in the file; null when nothing is.</summary>
    public FlowNotes? Notes { get; set; }

    /// <summary>For the writer: the row of the batch.</summary>
    public FlowRow? Written { get; set; }

    /// <summary>For the writer: what of the content stands in the file.</summary>
    public ContentStamp StoredContent { get; set; }

    /// <summary>For the writer: what of the content the batch holds.</summary>
    public ContentStamp WrittenContent { get; set; }

    /// <summary>Claims the flow's place in the queue.</summary>
    /// <returns>Whether it was not queued already.</returns>
    public bool TryQueue() => Interlocked.Exchange(ref _queued, 1) == 0;

    /// <summary>Gives the place up; what changes from now on needs a new one.</summary>
    public void Unqueue() => Interlocked.Exchange(ref _queued, 0);

    public LiveBody Body(MessageSide side) => side == MessageSide.Request
        ? RequestBody ??= new LiveBody()
        : ResponseBody ??= new LiveBody();

    /// <summary>Forgets the bodies.</summary>
    /// <returns>The bytes that are no longer in memory.</returns>
    public long ReleaseBodies() => (RequestBody?.ReleaseAll() ?? 0) + (ResponseBody?.ReleaseAll() ?? 0);
}
