using MitmWeb.Proxy.Storage;

namespace MitmWeb.Proxy.Audit;

/// <summary>What the traffic of a session shows of its hosts' security.</summary>
/// <param name="Session">The session.</param>
/// <param name="Seq">The change up to which the session was looked at.</param>
/// <param name="At">When: what has expired is told by it.</param>
/// <param name="Flows">How many flows were looked at.</param>
/// <param name="ModifiedFlows">How many were left out because MitmWeb had changed what they hold.</param>
/// <param name="FlowsLeftOut">How many flows were left out because there were more hosts than the audit keeps apart.</param>
/// <param name="Hosts">The hosts, the worst first.</param>
public sealed record AuditReport(
    SessionInfo Session, long Seq, DateTimeOffset At, long Flows, long ModifiedFlows, long FlowsLeftOut, IReadOnlyList<HostAudit> Hosts);
