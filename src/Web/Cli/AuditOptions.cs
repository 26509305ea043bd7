using MitmWeb.Proxy.Connections;

namespace MitmWeb.Web.Cli;

/// <summary>What <c>mitmweb audit</c> was asked for.</summary>
/// <param name="File">The session file, as an absolute path.</param>
/// <param name="Json">Whether the report is to be JSON.</param>
/// <param name="Hosts">The hosts to look at; empty for all.</param>
internal sealed record AuditOptions(string File, bool Json, IReadOnlyList<HostPattern> Hosts);
