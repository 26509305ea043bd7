namespace MitmWeb.Proxy.Storage;

/// <summary>What becomes of a session file at present.</summary>
public enum SessionState
{
    /// <summary>Nobody has it open to write.</summary>
    Stored,

    /// <summary>It is recorded.</summary>
    Live,

    /// <summary>It was recorded, and flows that began there still run.</summary>
    Finishing,

    /// <summary>Another process writes it.</summary>
    InUse,

    /// <summary>It is of an older version, and has to be brought up to date before it is read.</summary>
    Old,

    /// <summary>It is of a version that this MitmWeb does not know.</summary>
    New,

    /// <summary>It cannot be read.</summary>
    Damaged,
}
