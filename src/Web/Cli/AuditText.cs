using System.Globalization;
using MitmWeb.Proxy.Audit;

namespace MitmWeb.Web.Cli;

/// <summary>An audit as a terminal shows it.</summary>
internal sealed class AuditText(AuditReport report, Ink ink)
{
    private const int Width = 100;

    public void Write(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(ink.Bold($"Audit of {report.Session.Path}"));
        output.WriteLine($"{Count(report.Hosts.Count, "host")}, {Count(report.Flows, "flow")}; the worst come first.");
        if (report.ModifiedFlows > 0)
        {
            output.WriteLine($"Left out: {Count(report.ModifiedFlows, "flow")} that MitmWeb had changed (SSL-strip test).");
        }

        if (report.FlowsLeftOut > 0)
        {
            output.WriteLine($"Left out: {Count(report.FlowsLeftOut, "flow")} of further hosts; name some with --host.");
        }

        if (report.Hosts.Count == 0)
        {
            output.WriteLine();
            output.WriteLine("There is no HTTP traffic with a server in it to judge (of the hosts asked for).");
        }

        foreach (var host in report.Hosts)
        {
            output.WriteLine();
            WriteHost(output, host);
        }
    }

    private void WriteHost(TextWriter output, HostAudit host)
    {
        output.WriteLine($"{Paint(host.Grade, $"{host.Grade ?? "-",-2}")}  {ink.Bold(host.Host)}  {ink.Dim(Responses(host))}");
        foreach (var reason in host.Reasons)
        {
            Line(4, reason);
        }

        foreach (var use in host.ServerTls)
        {
            Line(4, $"TLS: {use.Version} {use.CipherSuite}, {(use.ForwardSecrecy ? "forward secrecy" : "no forward secrecy")} ({Count(use.Flows, "flow")})");
        }

        foreach (var certificate in host.Certificates)
        {
            Line(4, string.Create(
                CultureInfo.InvariantCulture,
                $"Certificate: {certificate.Subject}, {certificate.Key}, until {certificate.NotAfter:yyyy-MM-dd}{(certificate.Error is null ? "" : "; not trusted: " + certificate.Error)}"));
        }

        if (host.Hsts is { } hsts)
        {
            Line(4, $"HSTS: {hsts.Header ?? "none"}{(hsts.PreloadMissing.Count == 0 ? "; meets the preload list's requirements" : "")}");
        }

        foreach (var finding in host.Findings)
        {
            var severity = finding.Rule.Severity.ToString().ToLowerInvariant();
            output.WriteLine($"    {PaintSeverity(finding.Rule.Severity, $"{severity,-8}")} {finding.Rule.Title} {ink.Dim($"[{finding.Rule.Id}]")}");
            Line(13, finding.Rule.Explanation);
            foreach (var detail in finding.Details)
            {
                Line(13, $"- {detail}");
            }

            Line(13, $"Fix: {finding.Rule.Fix}");
            Line(13, $"Seen: {finding.Count.ToString(CultureInfo.InvariantCulture)}, {(finding.Flows.Count == 1 ? "flow" : "flows")} {string.Join(", ", finding.Flows)}");
        }

        void Line(int indent, string text)
        {
            foreach (var line in Wrap(Printable(text), Width - indent))
            {
                output.WriteLine(new string(' ', indent) + line);
            }
        }
    }

    /// <summary>What came from the network must not move the terminal's cursor.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\ufffd' : c));

    private static IEnumerable<string> Wrap(string text, int width)
    {
        while (text.Length > width && text.LastIndexOf(' ', width) is var space and > 0)
        {
            yield return text[..space];
            text = text[(space + 1)..];
        }

        yield return text;
    }

    private static string Responses(HostAudit host) => (host.HttpsResponses, host.HttpResponses) switch
    {
        (0, 0) => "no responses",
        (var https, 0) => $"{Count(https, "response")} over https",
        (0, var http) => $"{Count(http, "response")} over http",
        var (https, http) => string.Create(CultureInfo.InvariantCulture, $"{Count(https, "response")} over https, {http} over http"),
    };

    private static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private string Paint(string? grade, string text) => grade switch
    {
        "A+" or "A" => ink.Green(text),
        "B" or "C" => ink.Yellow(text),
        "D" or "F" => ink.Red(text),
        _ => ink.Dim(text),
    };

    private string PaintSeverity(AuditSeverity severity, string text) => severity switch
    {
        AuditSeverity.Critical or AuditSeverity.High => ink.Red(text),
        AuditSeverity.Note => ink.Dim(text),
        _ => ink.Yellow(text),
    };
}
