namespace MitmWeb.Proxy.Audit;

/// <summary>How much a finding matters; each but <see cref="Note"/> holds the grade down (docs/audit.md).</summary>
public enum AuditSeverity
{
    /// <summary>Worth knowing; the grade does not depend on it.</summary>
    Note,

    /// <summary>No better than B.</summary>
    Low,

    /// <summary>No better than C.</summary>
    Medium,

    /// <summary>No better than D.</summary>
    High,

    /// <summary>F.</summary>
    Critical,
}
