namespace MitmWeb.Web.Api;

/// <summary>How long each phase took, in milliseconds; null where there was none or it has not ended.</summary>
/// <param name="BlockedMs">From the request's head to the first thing done for it: waiting for a turn, or for a connection that others open.</param>
/// <param name="DnsMs">The name look-up.</param>
/// <param name="ConnectMs">The TCP connect.</param>
/// <param name="TlsMs">The TLS handshake with the server.</param>
/// <param name="SendMs">Sending the request.</param>
/// <param name="WaitMs">From the request's end to the response's head.</param>
/// <param name="ReceiveMs">From the response's head to its end.</param>
/// <param name="TotalMs">From start to end.</param>
/// <param name="Points">When each phase began and ended.</param>
public sealed record TimingsDto(
    double? BlockedMs, double? DnsMs, double? ConnectMs, double? TlsMs, double? SendMs, double? WaitMs, double? ReceiveMs, double? TotalMs, TimingPointsDto Points);
