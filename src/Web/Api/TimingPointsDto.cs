namespace MitmWeb.Web.Api;

/// <summary>Moments in milliseconds after the flow's start; negative for a connection that was opened ahead.</summary>
/// <param name="DnsStart">The name look-up began.</param>
/// <param name="ConnectStart">The TCP connect began.</param>
/// <param name="ConnectEnd">The TCP connection stood.</param>
/// <param name="TlsStart">The TLS handshake began.</param>
/// <param name="TlsEnd">The TLS handshake was complete.</param>
/// <param name="SendStart">The first byte of the request was sent.</param>
/// <param name="SendEnd">The last byte of the request was sent.</param>
/// <param name="FirstByte">The response's head had arrived.</param>
/// <param name="End">The last byte of the response had been passed on.</param>
public sealed record TimingPointsDto(
    double? DnsStart,
    double? ConnectStart,
    double? ConnectEnd,
    double? TlsStart,
    double? TlsEnd,
    double? SendStart,
    double? SendEnd,
    double? FirstByte,
    double? End);
