namespace MitmWeb.Proxy.Audit;

/// <summary>A rule that a host breaks, and what shows it.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Details">What exactly was seen, in short lines; the first few different ones.</param>
/// <param name="Flows">Flows that show it: the first few.</param>
/// <param name="Count">How often it was seen.</param>
public sealed record AuditFinding(AuditRule Rule, IReadOnlyList<string> Details, IReadOnlyList<long> Flows, long Count);
