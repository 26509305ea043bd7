namespace MitmWeb.Web.Api;

/// <summary>Which connections are passed on unread.</summary>
/// <param name="IgnoreHosts">The patterns of <c>--ignore-hosts</c>.</param>
/// <param name="AllowHosts">The patterns of <c>--allow-hosts</c>: when there are any, all other hosts are passed through.</param>
/// <param name="AfterRejections">After how many rejected handshakes of one client for one host it is passed through; null for never.</param>
/// <param name="Hosts">What was added while MitmWeb ran, the oldest first.</param>
public sealed record PassThroughDto(
    IReadOnlyList<string> IgnoreHosts, IReadOnlyList<string> AllowHosts, int? AfterRejections, IReadOnlyList<PassedHostDto> Hosts);
