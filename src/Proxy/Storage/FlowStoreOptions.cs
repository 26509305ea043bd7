using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MitmWeb.Proxy.Storage;

/// <summary>How a <see cref="FlowStore"/> works. The defaults are right for a desktop and for a server.</summary>
public sealed record FlowStoreOptions
{
    /// <summary>How long changes gather before they are committed together; also how old the newest commit may be.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Bytes of bodies and heads that may wait in memory; more, and the traffic waits.</summary>
    public long MaxBufferedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Changed flows that may wait in memory; more, and the traffic waits.</summary>
    public int MaxQueuedFlows { get; init; } = 4096;

    /// <summary>How many removals are remembered in the file, for whoever follows it by <c>seq</c>.</summary>
    public int MaxRemovals { get; init; } = 10_000;

    /// <summary>How long deleted flows can be brought back; the end of the session ends it too.</summary>
    public TimeSpan UndoTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait before a write that failed is tried again.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that closing may take to store what is waiting while the disk fails.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether an index of bodies is kept beside the session, in the background.</summary>
    public bool BodyIndex { get; init; }

    /// <summary>The clock for the times that the store itself writes.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where trouble with the file is told.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The most pages the file may have, 0 for no limit: a full disk for tests.</summary>
    internal int MaxPages { get; init; }

    /// <summary>From how many flows on a search is shared among several readers: few for tests.</summary>
    internal int FlowsWorthSharing { get; init; } = 50_000;
}
