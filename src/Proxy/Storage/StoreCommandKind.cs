namespace MitmWeb.Proxy.Storage;

/// <summary>What a <see cref="StoreCommand"/> asks for.</summary>
internal enum StoreCommandKind
{
    /// <summary>Write what memory holds of a running flow's bodies.</summary>
    FlushBodies,

    /// <summary>Delete one flow.</summary>
    Delete,

    /// <summary>Change what is noted about some flows.</summary>
    Annotate,

    /// <summary>Delete all flows up to an id.</summary>
    Clear,

    /// <summary>Nothing: its end tells that everything before it is committed.</summary>
    Barrier,
}
