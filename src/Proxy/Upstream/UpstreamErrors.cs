using System.Net.Sockets;
using System.Security.Authentication;
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
    private const string Wanted = "{0} wants a client certificate, and MitmWeb has none for it.";
    private const string Rejected = "{0} does not accept the client certificate that MitmWeb shows.";
    private const string RejectedFix = "Give MitmWeb the one that the server knows, with its key and chain: --client-certs FILE, or a folder with a file HOST.pem.";
    private const string Altered = "What {0} and MitmWeb sent each other was changed on the way, or one of them is broken: it failed TLS's integrity check.";
    private const string AlteredFix = "Try again. If it stays so, something between them alters the data: a security box, a faulty network card, a virtual machine's network.";
    private const string TooWeak = "{0} uses keys or signatures that are too weak for OpenSSL's security level.";
    private const string TooWeakFix = "If it must be reached all the same: --ciphers-server DEFAULT@SECLEVEL=0.";

    /// <summary>What servers say (RFC 8446, section 6.2) about a client certificate that they do not take, or, some of them, about none.</summary>
    private static readonly string[] CertificateAlerts = ["alert unknown ca", "alert bad certificate", "alert certificate unknown", "alert certificate expired", "alert certificate revoked", "alert unsupported certificate"];

    /// <summary>Words in OpenSSL's reasons, what they mean, and what to do; the first that fits counts.</summary>
    private static readonly (string Sign, string Message, string Fix)[] HandshakeFailures =
    [
        ("certificate required", Wanted, ClientCertificateFix),
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
        ("access denied", "{0} refuses this client (access_denied).", "It may let in certain addresses only, or want another client certificate (--client-certs)."),
        ("excessive message size", "{0} sends more than OpenSSL takes in one message of a handshake (100 KiB of certificates).", "Its chain should hold its own certificate and the intermediate ones, and nothing else."),
        ("bad record mac", Altered, AlteredFix),
        ("bad signature", Altered, AlteredFix),
        ("decrypt error", Altered, AlteredFix),
        ("alert internal error", "{0} broke off the TLS handshake because of an error of its own (internal_error).", "The server's log says more. Some servers also answer so when they do not know the name that they were asked for (SNI)."),
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
        SocketError.ConnectionReset => new FlowError(
            FlowStep.Connect,
            $"{destination.Authority} reset the connection at once.",
            exception.Message,
            "A firewall or a load balancer without a server behind it may do so; or the server lets in certain addresses only."),
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

    /// <summary>The TLS handshake failed for another reason than the server's certificate.</summary>
    /// <param name="destination">The server.</param>
    /// <param name="exception">What the platform says.</param>
    /// <param name="wantsCertificate">Whether the server is known to have asked for a client certificate.</param>
    /// <param name="showsCertificate">Whether MitmWeb has one for it.</param>
    public static FlowError Tls(Destination destination, Exception exception, bool wantsCertificate, bool showsCertificate)
    {
        var detail = ExceptionDetail.Of(exception);
        if (exception is IOException && exception is not AuthenticationException)
        {
            return wantsCertificate && !showsCertificate ? Wants(destination, detail) : new FlowError(
                FlowStep.ServerTls,
                $"{destination.Authority} {(IsReset(exception) ? "reset" : "closed")} the connection during the TLS handshake.",
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

        if (wantsCertificate && !showsCertificate && detail.Contains("alert", StringComparison.OrdinalIgnoreCase))
        {
            // Before TLS 1.3 there is no alert for it, so that servers say all kinds of things.
            return Wants(destination, detail);
        }

        return OfHandshake(destination, detail, showsCertificate)
            ?? new FlowError(FlowStep.ServerTls, $"The TLS handshake with {destination.Authority} failed.", detail, "The server and MitmWeb may have no TLS version or cipher suite in common, or the server wants a client certificate.");
    }

    public static FlowError Untrusted(Destination destination, CertificateProblem problem) => new(
        FlowStep.ServerTls,
        $"The certificate of {destination.Authority} is not trusted: {problem.Text}",
        "",
        problem.Fix);

    /// <summary>The server ended the connection before it had answered.</summary>
    /// <param name="destination">The server.</param>
    /// <param name="detail">What the platform says.</param>
    /// <param name="tls">What is known of the connection's handshake; null for one without TLS.</param>
    public static FlowError ClosedEarly(Destination destination, string detail, TlsDetails? tls) =>

        // In TLS 1.3 the server says only after our side of the handshake is over that it wants (another) client certificate.
        (detail.Contains("alert", StringComparison.OrdinalIgnoreCase) ? OfHandshake(destination, detail, tls is { ClientCertificate: not null }) : null)
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

    private static FlowError Wants(Destination destination, string detail) =>
        new(FlowStep.ServerTls, Wanted.Replace("{0}", destination.Authority, StringComparison.Ordinal), detail, ClientCertificateFix);

    private static bool IsReset(Exception exception) => exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionReset };

    private static FlowError? OfHandshake(Destination destination, string detail, bool showsCertificate)
    {
        if (CertificateAlerts.Any(sign => detail.Contains(sign, StringComparison.OrdinalIgnoreCase)))
        {
            return showsCertificate
                ? new FlowError(FlowStep.ServerTls, Rejected.Replace("{0}", destination.Authority, StringComparison.Ordinal), detail, RejectedFix)
                : Wants(destination, detail);
        }

        foreach (var (sign, message, fix) in HandshakeFailures)
        {
            if (detail.Contains(sign, StringComparison.OrdinalIgnoreCase))
            {
                return new FlowError(FlowStep.ServerTls, message.Replace("{0}", destination.Authority, StringComparison.Ordinal), detail, fix);
            }
        }

        return null;
    }
}
