using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MitmWeb.Proxy.Connections;
using MitmWeb.Proxy.Flows;
using MitmWeb.Proxy.Http2;

namespace MitmWeb.Proxy.Upstream;

/// <summary>Puts into words why a server could not be reached: what failed, and what to do about it.</summary>
internal static class UpstreamErrors
{
    private const string NoVersion = "{0} and MitmWeb have no TLS version in common.";
    private const string NoVersionFix = "An old server may need --tls-version-server-min TLS1 (TLS 1.0 and 1.1 are off by default because they are not secure any more). Where --tls-version-server-max is set, it may be too low.";
    private const string ClientCertificateFix = "Give MitmWeb the client's certificate with its key: --client-certs FILE, or a folder with a file HOST.pem.";
    private const string Rejected = "{0} does not accept the client certificate that MitmWeb shows.";
    private const string TooWeak = "{0} uses keys or signatures that are too weak for OpenSSL's security level.";
    private const string TooWeakFix = "If it must be reached all the same: --ciphers-server DEFAULT@SECLEVEL=0.";

    /// <summary>Words in OpenSSL's reasons, what they mean, and what to do; the first that fits counts.</summary>
    private static readonly (string Sign, string Message, string Fix)[] HandshakeFailures =
    [
        ("certificate required", "{0} wants a client certificate, and MitmWeb has none for it.", ClientCertificateFix),
        ("unsupported protocol", NoVersion, NoVersionFix),
        ("protocol version", NoVersion, NoVersionFix),
        ("version too low", NoVersion, NoVersionFix),
        ("no protocols available", NoVersion, NoVersionFix),
        ("wrong ssl version", NoVersion, NoVersionFix),
        ("legacy renegotiation", "{0} lacks secure renegotiation (RFC 5746), which OpenSSL insists on.", "It is very old; --tls-version-server-min TLS1 lets MitmWeb speak to it."),
        ("key too small", TooWeak, TooWeakFix),
        ("md too weak", TooWeak, TooWeakFix),
        ("wrong signature type", TooWeak, TooWeakFix),
        ("unrecognized name", "{0} does not know the name that it was asked for (SNI).", "Check the host; a server with several names may lack this one."),
        ("no application protocol", "{0} speaks none of the application protocols that it was offered (ALPN).", "It may be meant for something other than HTTP."),
        ("unknown ca", Rejected, ClientCertificateFix),
        ("bad certificate", Rejected, ClientCertificateFix),
        ("certificate unknown", Rejected, ClientCertificateFix),
        ("certificate expired", Rejected, ClientCertificateFix),
        ("access denied", Rejected, ClientCertificateFix),
        ("handshake failure", "{0} refused the TLS handshake.", "It and MitmWeb may have no cipher suite in common (--ciphers-server), or it wants a client certificate (--client-certs)."),
        ("no ciphers available", "MitmWeb has no cipher suite to offer to {0}.", "--ciphers-server names none that the TLS versions for servers can use."),
    ];

    public static FlowError Dns(string host, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData => new FlowError(
            FlowStep.Dns,
            $"The name '{host}' does not exist: the name look-up (DNS) found no address for it.",
            exception.Message,
            "Check the spelling. MitmWeb asks the resolver of the machine it runs on: names that only a VPN or the client's own hosts file knows must be known there too."),
        _ => new FlowError(
            FlowStep.Dns,
            $"The name '{host}' could not be looked up: the name server (DNS) did not answer.",
            exception.Message,
            "Check the network and the name servers of the machine MitmWeb runs on, then try again."),
    };

    public static FlowError Connect(Destination destination, Exception exception) => (exception as SocketException)?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new FlowError(
            FlowStep.Connect,
            $"{destination.Authority} refused the connection: nothing listens on port {destination.Port} there.",
            exception.Message,
            "Check that the server runs and that the port is right. For a server in a container, 'localhost' is the machine MitmWeb runs on."),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown => new FlowError(
            FlowStep.Connect,
            $"{destination.Authority} cannot be reached: there is no way through the network to it.",
            exception.Message,
            "Check the network of the machine MitmWeb runs on (VPN, firewall, routing)."),
        SocketError.TimedOut => ConnectTimedOut(destination, exception.Message),
        _ => new FlowError(FlowStep.Connect, $"Connecting to {destination.Authority} failed.", exception.Message),
    };

    public static FlowError ConnectTimedOut(Destination destination, string detail) => new(
        FlowStep.Connect,
        $"{destination.Authority} did not answer the connection attempt in time.",
        detail,
        "The address may be wrong, the server down, or a firewall may drop the packets.");

    public static FlowError OwnPort(Destination destination) => new(
        FlowStep.Connect,
        $"{destination.Authority} is MitmWeb itself: forwarding there would go round in circles.",
        "",
        "Open the dashboard without the proxy, or point the request at the server that is meant.");

    public static FlowError Tls(Destination destination, Exception exception)
    {
        var detail = ExceptionDetail.Of(exception);
        if (exception is IOException && exception is not AuthenticationException)
        {
            return new FlowError(
                FlowStep.ServerTls,
                $"{destination.Authority} closed the connection during the TLS handshake.",
                detail,
                "The port may not speak TLS, or the server may refuse this client (a client certificate, a server name or a TLS version that it wants).");
        }

        if (detail.Contains("wrong version number", StringComparison.OrdinalIgnoreCase)
            || detail.Contains("packet length", StringComparison.OrdinalIgnoreCase)
            || detail.Contains("invalid data", StringComparison.OrdinalIgnoreCase)
            || detail.Contains("Cannot determine the frame size", StringComparison.OrdinalIgnoreCase))
        {
            return new FlowError(
                FlowStep.ServerTls,
                $"{destination.Authority} does not speak TLS on this port: what it answered is no TLS.",
                detail,
                "Use http:// for this port, or the server's TLS port.");
        }

        return OfHandshake(destination, detail)
            ?? new FlowError(FlowStep.ServerTls, $"The TLS handshake with {destination.Authority} failed.", detail, "The server and MitmWeb may have no TLS version or cipher suite in common, or the server wants a client certificate.");
    }

    public static FlowError Untrusted(Destination destination, string reason) => new(
        FlowStep.ServerTls,
        $"The certificate of {destination.Authority} is not trusted: {reason}",
        "",
        "If you trust this server, skip the check for it with --ssl-verify-host HOST=skip, name its CA with --ssl-verify-upstream-trusted-ca FILE, or skip all checks with --ssl-insecure (-k).");

    public static FlowError ClosedEarly(Destination destination, string detail) =>

        // In TLS 1.3 the server says only after our side of the handshake is over that it wants (another) client certificate.
        (detail.Contains("alert", StringComparison.OrdinalIgnoreCase) ? OfHandshake(destination, detail) : null)
        ?? new(
            FlowStep.Response,
            $"{destination.Authority} closed the connection before it had sent a response.",
            detail,
            "The server may have crashed, restarted, or timed out; try again, and look at its log.");

    public static FlowError ResetEarly(Destination destination, Http2ErrorCode code) => new(
        FlowStep.Response,
        $"{destination.Authority} reset the HTTP/2 stream (error code {Http2ErrorNames.Describe(code)}) before it had sent a response.",
        "",
        code == Http2ErrorCode.Http11Required ? "The server wants HTTP/1.1 for this request." : "The server's log says why.");

    public static FlowError NoHttp2(Destination destination, string detail) => new(
        FlowStep.Connect,
        $"{destination.Authority} does not speak HTTP/2, and nothing else may be spoken with servers.",
        detail,
        "MitmWeb was started with --upstream-protocols http2. Without that option the server is spoken to in HTTP/1.1.");

    public static FlowError OnlyHttp2(Destination destination, string detail) => new(
        FlowStep.ServerTls,
        $"{destination.Authority} speaks HTTP/2 alone, and nothing but HTTP/1.1 may be spoken with servers.",
        detail,
        "MitmWeb was started with --no-http2 or --upstream-protocols http1. Without that option the server is spoken to in HTTP/2.");

    public static FlowError NeedsHttp2(Destination destination) => new(
        FlowStep.Connect,
        $"The request (an extended CONNECT, RFC 8441) can only go over HTTP/2, and {destination.Authority} is not spoken to in HTTP/2.",
        "",
        "The server must speak HTTP/2, and --no-http2 and --upstream-protocols http1 must not forbid it.");

    public static FlowError NoConnectProtocol(Destination destination) => new(
        FlowStep.Connect,
        $"{destination.Authority} does not take WebSockets or other protocols within HTTP/2: its SETTINGS do not allow an extended CONNECT (RFC 8441).",
        "",
        "The server has to allow it, or to speak HTTP/1.1 beside HTTP/2: then a WebSocket goes over that.");

    public static FlowError SendFailed(Destination destination, string detail) => new(
        FlowStep.Send,
        $"{destination.Authority} closed the connection while the request was being sent.",
        detail,
        "The server may refuse requests of this size or kind; look at its log.");

    public static FlowError NoFirstByte(Destination destination, TimeSpan limit) => new(
        FlowStep.Response,
        $"{destination.Authority} did not begin its response within {limit.TotalSeconds:0.###} seconds.",
        "",
        "The limit was set with --first-byte-timeout. The server may be busy or stuck; look at its log.");

    public static FlowError Paused(Destination destination, TimeSpan limit) => new(
        FlowStep.Response,
        $"{destination.Authority} sent nothing for {limit.TotalSeconds:0.###} seconds in the middle of its response.",
        "",
        "The limit was set with --body-idle-timeout. What had come by then is recorded.");

    public static FlowError BadResponse(Destination destination, string detail) => new(
        FlowStep.Response,
        $"What {destination.Authority} answered cannot be read as HTTP. {detail}",
        detail,
        "Check that the port speaks HTTP.");

    public static FlowError Truncated(Destination destination, string detail) => new(
        FlowStep.Response,
        $"{destination.Authority} broke off in the middle of the response. {detail}",
        detail,
        "What had come by then is recorded. The server may have crashed or timed out.");

    private static FlowError? OfHandshake(Destination destination, string detail)
    {
        foreach (var (sign, message, fix) in HandshakeFailures)
        {
            if (detail.Contains(sign, StringComparison.OrdinalIgnoreCase))
            {
                return new FlowError(FlowStep.ServerTls, string.Format(CultureInfo.InvariantCulture, message, destination.Authority), detail, fix);
            }
        }

        return null;
    }

    /// <summary>Says why a certificate is not trusted; null when it is.</summary>
    public static string? DescribeCertificate(SslPolicyErrors errors, X509Certificate2? certificate, X509Chain? chain, string host)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server sent no certificate.";
        }

        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        var reasons = new List<string>();
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            reasons.Add(DescribeValidity(certificate));
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            reasons.Add($"it is not for '{host}' but for {DescribeNames(certificate)}");
        }

        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            reasons.Add(certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
                ? "it is self-signed"
                : status.HasFlag(X509ChainStatusFlags.PartialChain) && chain is { ChainElements.Count: <= 1 }
                    ? $"its issuer '{certificate.Issuer}' is not a CA that this machine trusts, and the server did not send a certificate that leads to one (a missing intermediate certificate is a common mistake)"
                    : $"its issuer '{certificate.Issuer}' is not a CA that this machine trusts");
        }

        if (status.HasFlag(X509ChainStatusFlags.Revoked))
        {
            reasons.Add("it has been revoked");
        }

        if (reasons.Count == 0)
        {
            reasons.Add(chain is { ChainStatus.Length: > 0 } ? string.Join(" ", chain.ChainStatus.Select(one => one.StatusInformation.Trim())) : errors.ToString());
        }

        return string.Join("; ", reasons) + ".";
    }

    private static string DescribeValidity(X509Certificate2 certificate) => certificate.NotAfter < DateTime.Now
        ? $"it expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC"
        : certificate.NotBefore > DateTime.Now
            ? $"it is not valid before {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC"
            : "a certificate above it has expired or is not valid yet";

    private static string DescribeNames(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToList();
        return names.Count switch
        {
            0 => $"'{certificate.Subject}' (it lists no names)",
            > 5 => string.Join(", ", names.Take(5)) + $" and {names.Count - 5} more",
            _ => string.Join(", ", names),
        };
    }
}
