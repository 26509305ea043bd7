using System.ComponentModel.DataAnnotations;
using MitmWeb.Proxy.Audit;

namespace MitmWeb.Web.Api;

/// <summary>What the captured traffic shows of one host.</summary>
/// <param name="Host">The name or address, in lower case; all ports together.</param>
/// <param name="Grade">The grade; null when the traffic shows too little.</param>
/// <param name="Reasons">Why it is that grade and no better one.</param>
/// <param name="Flows">How many flows there are.</param>
/// <param name="HttpsResponses">How many responses came over TLS.</param>
/// <param name="HttpResponses">How many responses came in plain text.</param>
/// <param name="RedirectsToHttps">How many plain requests were sent on to https on the same host.</param>
/// <param name="ServerTls">What the host agreed on with MitmWeb.</param>
/// <param name="ClientTls">What the clients agreed on with MitmWeb, which stands in for the host.</param>
/// <param name="Certificates">The host's own certificates.</param>
/// <param name="Hsts">Strict-Transport-Security; null when nothing came over TLS.</param>
/// <param name="Findings">What is wrong or worth knowing, the worst first.</param>
public sealed record HostAuditDto(
    string Host,
    [property: AllowedValues("A+", "A", "B", "C", "D", "F")] string? Grade,
    IReadOnlyList<string> Reasons,
    long Flows,
    long HttpsResponses,
    long HttpResponses,
    long RedirectsToHttps,
    IReadOnlyList<TlsUseDto> ServerTls,
    IReadOnlyList<TlsUseDto> ClientTls,
    IReadOnlyList<CertificateAuditDto> Certificates,
    HstsAuditDto? Hsts,
    IReadOnlyList<AuditFindingDto> Findings)
{
    internal static HostAuditDto From(HostAudit host) => new(
        host.Host,
        host.Grade,
        host.Reasons,
        host.Flows,
        host.HttpsResponses,
        host.HttpResponses,
        host.RedirectsToHttps,
        [.. host.ServerTls.Select(TlsUseDto.From)],
        [.. host.ClientTls.Select(TlsUseDto.From)],
        [.. host.Certificates.Select(CertificateAuditDto.From)],
        host.Hsts is { } hsts ? HstsAuditDto.From(hsts) : null,
        [.. host.Findings.Select(AuditFindingDto.From)]);
}
