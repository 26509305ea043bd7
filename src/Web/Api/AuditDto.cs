using System.Text.Json.Serialization;
using MitmWeb.Proxy.Audit;

namespace MitmWeb.Web.Api;

/// <summary>What the traffic of a session shows of its hosts' security.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Path">The session's file.</param>
/// <param name="Seq">The change up to which the session was looked at.</param>
/// <param name="At">When.</param>
/// <param name="Flows">How many flows were looked at.</param>
/// <param name="ModifiedFlows">How many were left out because MitmWeb had changed what they hold (SSL-strip test).</param>
/// <param name="FlowsLeftOut">How many were left out because there were too many hosts.</param>
/// <param name="Hosts">The hosts, the worst first.</param>
public sealed record AuditDto(
    string Session,
    string Path,
    long Seq,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset At,
    long Flows,
    long ModifiedFlows,
    long FlowsLeftOut,
    IReadOnlyList<HostAuditDto> Hosts)
{
    /// <summary>Describes a report.</summary>
    public static AuditDto From(AuditReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new AuditDto(
            report.Session.Id, report.Session.Path, report.Seq, report.At, report.Flows, report.ModifiedFlows, report.FlowsLeftOut, [.. report.Hosts.Select(HostAuditDto.From)]);
    }
}
