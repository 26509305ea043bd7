namespace MitmWeb.Proxy.Storage;

/// <summary>What a <see cref="StoreCommand"/> asks for.</summary>
internal enum StoreCommandKind
{
    /// <summary>Write what memory holds of a running flow's bodies.</summary>
    FlushBodies,

    /// <summary>Delete some flows.</summary>
    Delete,

    /// <summary>Bring some of the flows back that were deleted together.</summary>
    Restore,

    /// <summary>Change what is noted about some flows.</summary>
    Annotate,

    /// <summary>Delete all flows up to an id.</summary>
    Clear,

    /// <summary>Nothing: its end tells that everything before it is committed.</summary>
    Barrier,
}
