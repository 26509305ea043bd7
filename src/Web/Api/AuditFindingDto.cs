using System.ComponentModel.DataAnnotations;
using MitmWeb.Proxy.Audit;

namespace MitmWeb.Web.Api;

/// <summary>Something that is wrong with a host, or worth knowing.</summary>
/// <param name="Id">The rule, as docs/audit.md names it.</param>
/// <param name="Severity">How much it matters; a <c>note</c> does not count for the grade.</param>
/// <param name="Title">A few words.</param>
/// <param name="Explanation">What it means for those who use the host.</param>
/// <param name="Fix">What the host's owner can do.</param>
/// <param name="Source">The document that says so.</param>
/// <param name="Details">What exactly was seen; the first few different ones.</param>
/// <param name="Flows">Flows that show it; the first few.</param>
/// <param name="Count">How often it was seen.</param>
public sealed record AuditFindingDto(
    string Id,
    [property: AllowedValues("note", "low", "medium", "high", "critical")] string Severity,
    string Title,
    string Explanation,
    string Fix,
    string Source,
    IReadOnlyList<string> Details,
    IReadOnlyList<long> Flows,
    long Count)
{
    internal static AuditFindingDto From(AuditFinding finding) => new(
        finding.Rule.Id,
        finding.Rule.Severity.ToString().ToLowerInvariant(),
        finding.Rule.Title,
        finding.Rule.Explanation,
        finding.Rule.Fix,
        finding.Rule.Source,
        finding.Details,
        finding.Flows,
        finding.Count);
}
