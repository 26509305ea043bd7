using System.Net;

namespace MitmWeb.Proxy.PassThrough;

/// <summary>A client did not want the certificate for a host, or came to no agreement with MitmWeb.</summary>
/// <param name="FlowId">The flow that tells all of it; 0 when it was not recorded.</param>
/// <param name="Client">The client.</param>
/// <param name="Host">The host that it asked for.</param>
/// <param name="Message">What happened, in one plain sentence.</param>
/// <param name="SawCertificate">Whether it came so far that MitmWeb answered it: else trusting the CA would not help.</param>
/// <param name="At">When.</param>
public sealed record ClientRejection(long FlowId, IPAddress Client, string Host, string Message, bool SawCertificate, DateTimeOffset At);
