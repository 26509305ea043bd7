namespace MitmWeb.Proxy.Audit;

/// <summary>One thing that the audit looks for.</summary>
/// <param name="Id">Its name for programs, and in docs/audit.md.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Title">A few words.</param>
/// <param name="Explanation">What it means for those who use the host, in plain words.</param>
/// <param name="Fix">What the host's owner can do.</param>
/// <param name="Source">The document that says so.</param>
public sealed record AuditRule(string Id, AuditSeverity Severity, string Title, string Explanation, string Fix, string Source);
