using System.Net;
using MitmWeb.Proxy.Flows;

namespace MitmWeb.Proxy.Connections;

/// <summary>Puts into words why a client did not complete its TLS handshake with MitmWeb, or left right after it.</summary>
internal static class ClientTlsErrors
{
    private const string InstallFix =
        "Install MitmWeb's CA certificate on this client: open http://mitm.it/ there through the proxy. Apps that pin certificates or bring their own trust store need more than that; their hosts can be passed through unread.";

    /// <summary>What OpenSSL and alerts say when the two hellos have nothing in common.</summary>
    private static readonly string[] NothingInCommon =
    [
        "unsupported protocol", "version too low", "protocol version", "no protocols available", "no shared cipher", "insufficient security",
        "no suitable signature algorithm", "no shared group", "no suitable key share", "no suitable groups",
    ];

    /// <summary>Describes a failed handshake.</summary>
    /// <param name="exception">What the platform said.</param>
    /// <param name="host">The host that the client asked for.</param>
    /// <param name="client">The client.</param>
    /// <param name="tls">How far the handshake came; null when that is not known.</param>
    /// <param name="trustsAuthority">Whether the client has accepted a certificate of the CA for another host before.</param>
    /// <param name="options">What MitmWeb speaks with clients.</param>
    public static FlowError Describe(Exception exception, string host, IPAddress client, TlsDetails? tls, bool trustsAuthority, ProxyOptions options)
    {
        var detail = ExceptionDetail.Of(exception);
        if (exception is OperationCanceledException)
        {
            return new FlowError(FlowStep.ClientTls, $"{client} began a TLS handshake for {host} but did not complete it in time.", detail);
        }

        var allowed = options.ClientProtocols;
        if (allowed != HttpVersions.Both && (Has("application protocol") || Has("alpn")))
        {
            return new FlowError(
                FlowStep.ClientTls,
                $"{client} speaks nothing but {(allowed == HttpVersions.Http1 ? "HTTP/2" : "HTTP/1.1")} (for {host}), and MitmWeb was told not to.",
                detail,
                $"MitmWeb was started with {(allowed == HttpVersions.Http1 ? "--no-http2 or --client-protocols http1" : "--client-protocols http2")}: leave that option out, or let the client speak the other version.");
        }

        if (Has("unknown ca") || Has("unknown_ca") || Has("UnknownCA"))
        {
            return new FlowError(FlowStep.ClientTls, $"{client} does not trust MitmWeb's CA, which issued the certificate for {host} (unknown_ca).", detail, InstallFix);
        }

        var isRejection = Has("certificate unknown") || Has("bad certificate") || Has("certificate revoked") || Has("certificate expired") || Has("unsupported certificate");
        if (!isRejection && Array.Exists(NothingInCommon, Has))
        {
            var (message, fix) = HelloMismatch.Describe(client, host, tls, options.Tls.Client);
            return new FlowError(FlowStep.ClientTls, message, detail, fix);
        }

        if (isRejection && !trustsAuthority)
        {
            return new FlowError(FlowStep.ClientTls, $"{client} rejected MitmWeb's certificate for {host} (bad certificate).", detail, InstallFix);
        }

        // Who looks at the certificate only when the handshake is over has no alert left to say it with.
        var isAfter = tls is { Version.Length: > 0 };
        if (trustsAuthority)
        {
            var how = isRejection ? $"rejected MitmWeb's certificate for {host}"
                : isAfter ? $"completed the TLS handshake for {host} and then closed the connection without a request"
                : $"closed the connection during the TLS handshake for {host} without saying why";
            return new FlowError(
                FlowStep.ClientTls,
                $"{client} {how}, although it accepts MitmWeb's certificates elsewhere: the app there probably pins its certificate, or has a trust store of its own.",
                detail,
                $"Pass {host} through unread, or use a build of the app that does not pin certificates.");
        }

        return isAfter
            ? new FlowError(
                FlowStep.ClientTls,
                $"{client} completed the TLS handshake for {host} and then closed the connection without a request: most likely it pins the server's certificate, or it does not trust MitmWeb's CA and says nothing (as Node.js does).",
                detail,
                $"If it pins certificates, pass {host} through unread. Otherwise install MitmWeb's CA certificate on this client: open http://mitm.it/ there through the proxy.")
            : new FlowError(
                FlowStep.ClientTls,
                $"{client} closed the connection during the TLS handshake for {host} without saying why.",
                detail,
                "Most often that means that it does not trust MitmWeb's certificate. " + InstallFix);

        bool Has(string text) => detail.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
