using System.Text.Json.Serialization;
using MitmWeb.Proxy.PassThrough;

namespace MitmWeb.Web.Api;

/// <summary>A client that has rejected the certificate for a host, or came to no agreement, and has not accepted it since.</summary>
/// <param name="FlowId">The flow of its last attempt; it may have been deleted. 0 when it was not recorded.</param>
/// <param name="Client">Its IP address.</param>
/// <param name="Host">The host that it asked for.</param>
/// <param name="Message">What happened, in one plain sentence.</param>
/// <param name="SawCertificate">Whether it has seen the certificate: else trusting the CA would not help.</param>
/// <param name="At">When.</param>
public sealed record RejectionDto(
    long FlowId,
    string Client,
    string Host,
    string Message,
    bool SawCertificate,
    [property: JsonConverter(typeof(MicrosecondTimeConverter))] DateTimeOffset At)
{
    internal static RejectionDto From(ClientRejection one) => new(one.FlowId, one.Client.ToString(), one.Host, one.Message, one.SawCertificate, one.At);
}
